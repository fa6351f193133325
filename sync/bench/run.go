package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// scenario is one row of the table for a size and a latency.
type scenario struct {
	name  string
	words string   // what the table calls it
	start string   // the fixture's state
	args  []string // makesync's command
	exit  int
}

var scenarios = []scenario{
	{"noop", "plan", "same", []string{"plan"}, 0},
	{"drift", "plan, 1 % new", "drift", []string{"plan"}, 0},
	{"first", "plan, all new", "empty", []string{"plan"}, 0}, // everything is to be created
	{"status", "status", "same", []string{"status", "--show", allOfMake, "--format", "json"}, 0},
	// And a plan of the documents:
	{"changes", "status, a plan", "same", []string{"status", "--show", "all", "--format", "json"}, 0},
	{"apply", "apply 1 %", "drift", []string{"apply", "--yes"}, 0},
	{"create", "apply, all new", "empty", []string{"apply", "--yes"}, 0},
}

// bench is one invocation of the harness.
type bench struct {
	dir, makesync, self string
	runs                int
	concurrency         string // of makesync: a number, or auto
	bareConcurrency     int
	perSecond           int
	oneFile             bool
	more                int // requests of makesync beyond those of the bare client, at most
	out                 io.Writer
}

// runTable measures every combination and prints a Markdown table.
func runTable(args []string) error {
	b := bench{out: os.Stdout}
	set := flag.NewFlagSet("run", flag.ContinueOnError)
	sizes := set.String("sizes", "10x20,100x50,1000x50,10000x100-plain", "organizations x variables, by commas")
	latencies := set.String("latencies", "0,20ms,150ms", "the zone's latencies, by commas")
	names := set.String("scenarios", "noop,drift,first,status,changes,apply,create", "by commas")
	most := set.Int(
		"most-writes",
		6000,
		"leave out a scenario with more writes than this, or at no latency with ten times as many",
	)
	startUp := set.Bool("start-up", true, "measure how long it takes to begin, too")
	set.IntVar(&b.runs, "runs", 5, "counted runs of each, after one that is not counted")
	set.StringVar(&b.concurrency, "concurrency", "auto", "requests in flight, of makesync")
	set.IntVar(&b.bareConcurrency, "bare-concurrency", 64, "requests in flight, of the bare client")
	set.IntVar(&b.perSecond, "per-second", 0, "requests that the zone serves in a second, in all; 0: any number")
	set.StringVar(&b.makesync, "makesync", "", "the binary to measure; built when it is not given")
	set.BoolVar(&b.oneFile, "one-file", false, "write all organizations into one document instead of one each")
	if err := set.Parse(args); err != nil {
		return err
	}
	if err := b.build(); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if *startUp {
		if err := b.startUp(); err != nil {
			return err
		}
	}
	b.header()
	for _, text := range strings.Split(*sizes, ",") {
		s, err := parseSize(text)
		if err != nil {
			return err
		}
		if err := b.measureSize(s, strings.Split(*latencies, ","), *names, *most); err != nil {
			return err
		}
	}
	fmt.Fprintf(b.out, "\nRequests of makesync beyond those of the bare client: at most %d.\n", b.more)
	return nil
}

func (b *bench) build() (err error) {
	if b.dir, err = os.MkdirTemp("", "makesync-bench-"); err != nil {
		return err
	}
	if b.self, err = os.Executable(); err != nil || b.makesync != "" {
		return err
	}
	b.makesync = filepath.Join(b.dir, "makesync")
	build := exec.Command("go", "build", "-o", b.makesync, ".")
	build.Stderr = os.Stderr
	return build.Run()
}

const startUpHeading = "| start-up | wall ms | CPU ms |"

// startUp measures commands that call nobody: what every run takes before it begins.
func (b *bench) startUp() error {
	fmt.Fprintln(b.out, startUpHeading+"\n|---|---|---|")
	for _, args := range [][]string{{"version"}, {"validate", "-f", filepath.Join("examples", "quickstart")}} {
		var runs []figures
		for range b.runs + 1 {
			f, err := measure(exec.Command(b.makesync, args...), 0)
			if err != nil {
				return err
			}
			runs = append(runs, f)
		}
		wall, cpu := spreadOf(runs[1:], wallOf), spreadOf(runs[1:], cpuOf)
		fmt.Fprintf(b.out, "| %s | %s | %s |\n", strings.Join(args, " "), milliseconds(wall), milliseconds(cpu))
	}
	fmt.Fprintln(b.out)
	return nil
}

func milliseconds(s spread[float64]) string {
	return fmt.Sprintf("%.1f (%.1f–%.1f)", 1000*s.median, 1000*s.min, 1000*s.max)
}

func (b *bench) header() {
	fmt.Fprintf(
		b.out,
		"%d cores, %s, %s/%s, in flight: bare %d, makesync %s, %d runs: median (min–max)\n\n",
		runtime.NumCPU(),
		runtime.Version(),
		runtime.GOOS,
		runtime.GOARCH,
		b.bareConcurrency,
		b.concurrency,
		b.runs,
	)
	fmt.Fprintf(b.out, "%s\n|%s\n", heading, strings.Repeat("---|", strings.Count(heading, "|")-1))
}

// heading is that of the table as it stands in the help topic, where it fits into 100 columns.
const heading = "| size | latency | what | bare client, ms | makesync, ms | ratio | CPU, s | MiB |"

func (b *bench) measureSize(s size, latencies []string, names string, most int) error {
	docs := filepath.Join(b.dir, s.String())
	if err := writeDocuments(docs, s, b.oneFile); err != nil {
		return err
	}
	for _, text := range latencies {
		latency, err := parseLatency(text)
		if err != nil {
			return err
		}
		for _, sc := range scenarios {
			if !strings.Contains(","+names+",", ","+sc.name+",") || sc.writes(s) > mostAt(latency, most) {
				continue
			}
			if err := b.measureScenario(s, latency, sc, docs); err != nil {
				return fmt.Errorf("%s at %v, %s: %w", s, latency, sc.name, err)
			}
		}
	}
	return nil
}

// mostAt keeps a table within the hour: without latency a write takes a tenth of the time, or less.
func mostAt(latency time.Duration, most int) int {
	if latency == 0 {
		return 10 * most
	}
	return most
}

func parseLatency(text string) (time.Duration, error) {
	if text == "0" {
		return 0, nil
	}
	return time.ParseDuration(text)
}

func (sc scenario) writes(s size) int {
	switch sc.name {
	case "apply":
		return s.organizations * s.variables / 100
	case "create":
		return s.organizations * s.variables
	}
	return 0
}

// measureScenario runs the two clients in turn, so that the machine's moods meet both.
func (b *bench) measureScenario(s size, latency time.Duration, sc scenario, docs string) error {
	host, stop, err := b.startFixture(s, latency, sc.start)
	if err != nil {
		return err
	}
	defer stop()
	var bares, ours []figures
	for run := range b.runs + 1 {
		bare, err := b.once(host, b.bareCommand(host, s, sc), 0)
		if err != nil {
			return err
		}
		our, err := b.once(host, b.makesyncCommand(host, docs, sc), sc.exit)
		if err != nil {
			return err
		}
		if run > 0 {
			bares, ours = append(bares, bare), append(ours, our)
		}
	}
	b.more = max(b.more, ours[0].requests-bares[0].requests)
	fmt.Fprintln(b.out, row(s, latency, sc, bares, ours))
	return nil
}

func (b *bench) startFixture(s size, latency time.Duration, start string) (host string, stop func(), err error) {
	command := exec.Command(b.self, "fixture", "-size", s.String(), "-latency", latency.String(), "-start", start,
		"-per-second", fmt.Sprint(b.perSecond))
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := command.Start(); err != nil {
		return "", nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	stop = func() { stdin.Close(); command.Wait() }
	if err != nil {
		stop()
	}
	return strings.TrimSpace(line), stop, err
}

func (b *bench) bareCommand(host string, s size, sc scenario) *exec.Cmd {
	return exec.Command(
		b.self,
		"bare",
		"-url",
		"http://"+host,
		"-size",
		s.String(),
		"-scenario",
		sc.name,
		"-concurrency",
		fmt.Sprint(b.bareConcurrency),
	)
}

func (b *bench) makesyncCommand(host, docs string, sc scenario) *exec.Cmd {
	args := append(
		sc.args[:len(sc.args):len(sc.args)],
		"-f",
		docs,
		"--zone-url",
		"bench=http://"+host,
		"--concurrency",
		b.concurrency,
	)
	command := exec.Command(b.makesync, args...)
	command.Env = append(os.Environ(), "MAKE_API_KEY="+token, "XDG_STATE_HOME="+b.state())
	return command
}

// state is the folder of makesync's journals.
func (b *bench) state() string { return filepath.Join(b.dir, "state") }

// once resets the fixture, forgets the runs that it takes back, for an apply looks into what was
// done seconds before it, runs the command, and adds what the fixture counted.
func (b *bench) once(host string, command *exec.Cmd, exit int) (figures, error) {
	if _, err := ask(host, "reset"); err != nil {
		return figures{}, err
	}
	if err := os.RemoveAll(b.state()); err != nil {
		return figures{}, err
	}
	f, err := measure(command, exit)
	if err != nil {
		return f, err
	}
	counts, err := ask(host, "count")
	if err != nil {
		return f, err
	}
	_, err = fmt.Sscanf(counts, "%d %d", &f.requests, &f.dials)
	return f, err
}

func ask(host, what string) (string, error) {
	reply, err := http.Get("http://" + host + "/bench/" + what)
	if err != nil {
		return "", err
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	return string(body), err
}

// row tells of both clients: CPU is that of the bare one and of makesync, memory makesync's most.
func row(s size, latency time.Duration, sc scenario, bares, ours []figures) string {
	bare, our := spreadOf(bares, wallOf), spreadOf(ours, wallOf)
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %.2f | %.2f, %.2f | %.0f |",
		s.words(), latencyWords(latency), sc.words,
		wholeMilliseconds(bare), wholeMilliseconds(our), our.median/bare.median,
		spreadOf(bares, cpuOf).median, spreadOf(ours, cpuOf).median, spreadOf(ours, peakOf).max)
}

func latencyWords(latency time.Duration) string {
	if latency == 0 {
		return "0"
	}
	return fmt.Sprintf("%d ms", latency.Milliseconds())
}

func wholeMilliseconds(s spread[float64]) string {
	return fmt.Sprintf("%.0f (%.0f–%.0f)", 1000*s.median, 1000*s.min, 1000*s.max)
}
