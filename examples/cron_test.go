package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const cron = "cron"

// machine plays a computer on which the night's run is installed: /etc and /var stand in a folder
// of their own.
type machine struct {
	zone *zone
	root string
}

const nightly = `apiVersion: makesync/v1
zone: try
zones: {try: {url: %q}}
guards: {maxDeletes: {variable: 0}, drift: hold}
organizations:
  acme: {id: 11, variables: {NIGHTLY: 1%s}}
`

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{newZone(t, "quickstart"), t.TempDir()}
	for _, dir := range []string{"etc/makesync/documents", "var/lib/makesync/metrics", "var/log/makesync"} {
		if err := os.MkdirAll(filepath.Join(m.root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	m.document(t, "")
	m.write(t, "etc/makesync/with-environment", example(t, "with-environment"))
	m.write(t, "etc/makesync/guards.yaml", example(t, "guards.yaml"))
	m.write(t, "etc/makesync/environment", m.environment(t))
	return m
}

// environment is the example's, filled in.
func (m *machine) environment(t *testing.T) string {
	t.Helper()
	return strings.Replace(example(t, "environment"), "MAKE_API_KEY=\n",
		"MAKE_API_KEY="+m.zone.FirstToken()+"\nMAKESYNC_HOSTS="+strings.TrimPrefix(m.zone.url, "http://")+"\n", 1)
}

// document writes what the organization shall have; more is added to its variables.
func (m *machine) document(t *testing.T, more string) {
	t.Helper()
	m.write(t, "etc/makesync/documents/makesync.yaml", fmt.Sprintf(nightly, m.zone.url, more))
}

func (m *machine) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(m.root, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// firstNight is done by hand: nobody can tell drift yet, so what is held for it is let through once.
func (m *machine) firstNight(t *testing.T) {
	t.Helper()
	c := exec.Command("makesync", "apply", "-f", "documents", "--yes", "--since-last",
		filepath.Join(m.root, "var/lib/makesync/base"), "--allow", "revert:drift@*")
	c.Dir = filepath.Join(m.root, "etc/makesync")
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "XDG_STATE_HOME=" + filepath.Join(m.root, "var/lib"),
		"MAKE_API_KEY=" + m.zone.FirstToken(), "MAKESYNC_HOSTS=" + strings.TrimPrefix(m.zone.url, "http://")}
	if code, out := result(t, c); code != 0 || !strings.Contains(out, "1 planned, 1 succeeded") {
		t.Fatalf("the first night ended with %d:\n%s", code, out)
	}
}

// here moves the paths of a text to the machine's folder.
func (m *machine) here(text string) string {
	return regexp.MustCompile(`/(etc|var)/`).ReplaceAllString(text, m.root+"/$1/")
}

func example(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(cron, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// result is how a command ended.
func result(t *testing.T, cmd *exec.Cmd) (int, string) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// cronField is one of the five, as every cron understands it: numbers, ranges, steps, lists.
var cronField = regexp.MustCompile(`^(\*|\d+(-\d+)?)(/\d+)?(,(\*|\d+(-\d+)?)(/\d+)?)*$`)

// schedule checks five fields of a crontab.
func schedule(t *testing.T, fields []string) {
	t.Helper()
	limits := [][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}}
	if len(fields) != len(limits) {
		t.Fatalf("a schedule of %d fields: %q", len(fields), fields)
	}
	for i, field := range fields {
		if !cronField.MatchString(field) {
			t.Errorf("field %d is %q", i+1, field)
		}
		for _, number := range regexp.MustCompile(`\d+`).FindAllString(strings.Split(field, "/")[0], -1) {
			var n int
			if fmt.Sscan(number, &n); n < limits[i][0] || n > limits[i][1] {
				t.Errorf("field %d is %q, from %d to %d", i+1, field, limits[i][0], limits[i][1])
			}
		}
	}
}

// crontab reads variables and the only line that runs something.
func crontab(t *testing.T, text string) (env []string, command string) {
	t.Helper()
	assignment := regexp.MustCompile(`^[A-Z_]+=`)
	for line := range strings.Lines(text) {
		switch line = strings.TrimRight(line, "\n"); {
		case line == "" || strings.HasPrefix(line, "#"):
		case assignment.MatchString(line):
			env = append(env, line)
		default:
			if command != "" {
				t.Fatalf("a second command: %s", line)
			}
			fields := strings.Fields(line)
			schedule(t, fields[:min(5, len(fields))])
			command = strings.Join(fields[5:], " ")
		}
	}
	if command == "" || strings.Contains(command, "%") { // cron takes % for the end of a line
		t.Fatalf("the command is %q", command)
	}
	return env, command
}

// TestCrontab runs the line as cron would: quiet when all is well, the end of the log when it is
// not.
func TestCrontab(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	env, command := crontab(t, example(t, "crontab"))
	if code, out := result(t, exec.Command("sh", "-n", "-c", command)); code != 0 {
		t.Fatalf("sh -n: %s", out)
	}
	night := func(code int) string {
		t.Helper()
		c := exec.Command("sh", "-c", m.here(command))
		for _, variable := range env {
			c.Env = append(c.Env, m.here(variable))
		}
		c.Env = append(c.Env, "HOME="+m.root, "PATH="+os.Getenv("PATH"))
		c.Dir = m.root
		got, out := result(t, c)
		if got != code {
			t.Errorf("the line ended with %d, want %d:\n%s", got, code, out)
		}
		return out
	}
	m.firstNight(t)
	for n := range 2 {
		if out := night(0); out != "" {
			t.Errorf("night %d sends a mail:\n%s", n, out)
		}
	}
	metrics, err := os.ReadFile(filepath.Join(m.root, "var/lib/makesync/metrics/makesync.prom"))
	if err != nil || !strings.Contains(string(metrics), `makesync_runs_total{exit="ok"} 2`) {
		t.Errorf("the metrics: %v\n%s", err, metrics)
	}
	modes := map[string]os.FileMode{
		"var/log/makesync/night.log":             0o600,
		"var/lib/makesync/metrics/makesync.prom": 0o644,
	}
	for name, want := range modes {
		if info, err := os.Stat(filepath.Join(m.root, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", name, info.Mode(), err, want)
		}
	}
	log, err := os.ReadFile(filepath.Join(m.root, "var/log/makesync/night.log"))
	quiet := strings.Count(string(log), "\n") == 1 && strings.HasPrefix(string(log), "makesync: apply: 0 planned, ")
	if err != nil || !quiet {
		t.Errorf("the log of a night without news: %v\n%s", err, log)
	}
	m.zone.changeVariable(t, "NIGHTLY", "9") // somebody in Make
	for range 2 {
		if out := night(0); out != "" {
			t.Errorf("drift that is held sends a mail:\n%s", out)
		}
	}
	log, err = os.ReadFile(filepath.Join(m.root, "var/log/makesync/night.log"))
	if err != nil || !strings.Contains(string(log), "0 planned, ") || !strings.Contains(string(log), "exit 0 (held)") {
		t.Errorf("drift is not held night after night: %v\n%s", err, log)
	}
	m.zone.changeVariable(t, "NIGHTLY", "1")
	m.unguarded(t, func() string { return night(0) })
	m.document(t, ", OLD: {state: absent}, BUG: {state: gone}")
	if out := night(0); !strings.Contains(out, "exit 3 (invalid)") {
		t.Errorf("an invalid document sends no mail:\n%s", out)
	}
	m.write(t, "etc/makesync/environment", "MAKE_API_KEY='quoted'\n")
	if out := night(0); !strings.Contains(out, "environment:1: a quote") || strings.Contains(out, "quoted") {
		t.Errorf("an environment that is read otherwise elsewhere sends no mail, or one with its values:\n%s", out)
	}
	m.write(t, "etc/makesync/environment", m.environment(t))
	held := strings.Replace(fmt.Sprintf(nightly, m.zone.url, ""), "NIGHTLY: 1", "NIGHTLY: {state: absent}", 1)
	m.write(t, "etc/makesync/documents/makesync.yaml", held)
	if out := night(0); out != "" {
		t.Errorf("what is held sends a mail:\n%s", out)
	}
}

// unit is a systemd unit: section, directive, values.
type unit map[string]map[string][]string

// known are the directives that the examples use; a mistyped one is not among them, and systemd
// would only warn.
var known = map[string]string{
	"Unit":  "Description Wants After",
	"Timer": "OnCalendar RandomizedDelaySec Persistent",
	"Service": "Type ExecStart EnvironmentFile Environment TimeoutStopSec TimeoutStartSec User " +
		"Group StateDirectory StateDirectoryMode UMask MemoryMax NoNewPrivileges CapabilityBoundingSet " +
		"ProtectSystem ProtectHome ProtectClock ProtectControlGroups ProtectHostname ProtectKernelLogs " +
		"ProtectKernelModules ProtectKernelTunables ProtectProc PrivateDevices PrivateTmp RestrictAddressFamilies " +
		"RestrictNamespaces RestrictRealtime RestrictSUIDSGID LockPersonality MemoryDenyWriteExecute " +
		"SystemCallArchitectures SystemCallFilter",
	"Install": "WantedBy",
}

func readUnit(t *testing.T, name string) unit {
	t.Helper()
	u, section := unit{}, ""
	for line := range strings.Lines(example(t, name)) {
		line = strings.TrimSpace(line)
		switch key, value, ok := strings.Cut(line, "="); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
			u[section] = map[string][]string{}
		case !ok || !slices.Contains(strings.Fields(known[section]), key):
			t.Errorf("%s: [%s] %s", name, section, line)
		default:
			u[section][key] = append(u[section][key], value)
		}
	}
	return u
}

func (u unit) one(t *testing.T, section, key string) string {
	t.Helper()
	values := u[section][key]
	if len(values) != 1 {
		t.Fatalf("[%s] %s stands %d times", section, key, len(values))
	}
	return values[0]
}

// TestSystemdUnits reads the units and runs the service's command with its environment, twice.
func TestSystemdUnits(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	service, timer := readUnit(t, "makesync.service"), readUnit(t, "makesync.timer")
	for key, want := range map[string]string{
		"Type": "oneshot", "User": "makesync", "UMask": "0077",
		"NoNewPrivileges": "yes", "ProtectSystem": "strict", "CapabilityBoundingSet": "",
		"EnvironmentFile": "/etc/makesync/environment", "StateDirectory": "makesync makesync/metrics",
	} {
		if got := service.one(t, "Service", key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if timer.one(t, "Install", "WantedBy") != "timers.target" || timer.one(t, "Timer", "Persistent") != "yes" {
		t.Error("the timer is not started at boot, or forgets the nights that were slept through")
	}
	const installed = "/usr/local/bin/makesync"
	program, command, _ := strings.Cut(service.one(t, "Service", "ExecStart"), " ")
	if program != installed || strings.ContainsAny(command, "$%;|>") { // systemd is no shell
		t.Errorf("ExecStart is %s %s", program, command)
	}
	binary, err := exec.LookPath("makesync")
	if err != nil {
		t.Fatal(err)
	}
	command = m.here(command)
	m.firstNight(t)
	night := func() (int, string) {
		c := exec.Command(binary, strings.Fields(command)...)
		c.Env = []string{"PATH=" + os.Getenv("PATH")}
		for _, variable := range service["Service"]["Environment"] {
			c.Env = append(c.Env, m.here(variable))
		}
		data, err := os.ReadFile(m.here(service.one(t, "Service", "EnvironmentFile")))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if !strings.HasPrefix(line, "#") {
				c.Env = append(c.Env, strings.TrimSpace(line))
			}
		}
		return result(t, c)
	}
	for n := range 2 {
		code, out := night()
		if code != 0 || !strings.HasSuffix(out, "exit 0 (ok)\n") || n == 1 && strings.Count(out, "\n") > 1 {
			t.Errorf("run %d ended with %d:\n%s", n, code, out)
		}
	}
	m.unguarded(t, func() string { _, out := night(); return out })
}

// unguarded: a night does nothing without its guards, and reads nothing that its environment does not
// list; then all is as before.
func (m *machine) unguarded(t *testing.T, night func() string) {
	t.Helper()
	guards := filepath.Join(m.root, "etc/makesync/guards.yaml")
	if err := os.Remove(guards); err != nil {
		t.Fatal(err)
	}
	if out := night(); !strings.Contains(out, "there is no such file") || !strings.Contains(out, "exit 3 (invalid)") {
		t.Errorf("a night without its guards:\n%s", out)
	}
	m.write(t, "etc/makesync/guards.yaml", example(t, "guards.yaml"))
	m.write(t, "etc/makesync/documents/hostile.yaml", "apiVersion: makesync/v1\norganizations: {acme: {id: 11, variables: "+
		"{HOSTILE: '${env:HOME}'}}}\n")
	if out := night(); !strings.Contains(out, "MAKESYNC_REFERENCES") || !strings.Contains(out, "exit 3 (invalid)") {
		t.Errorf("a document reads what is not listed:\n%s", out)
	}
	if err := os.Remove(filepath.Join(m.root, "etc/makesync/documents/hostile.yaml")); err != nil {
		t.Fatal(err)
	}
}

// TestSystemdVerify asks systemd itself, where it is installed.
func TestSystemdVerify(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("CANNOT CHECK HERE: systemd-analyze is not installed")
	}
	binary, err := exec.LookPath("makesync")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	names := []string{"makesync.service", "makesync.timer"}
	for _, name := range names {
		text := strings.ReplaceAll(example(t, name), "/usr/local/bin/makesync", binary) // it must be there
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	verify := func() (int, string) {
		c := exec.Command(analyze, "verify", "--man=no", "--recursive-errors=no", names[0], names[1])
		c.Dir = dir
		return result(t, c)
	}
	if code, out := verify(); code != 0 || strings.Contains(out, dir) || strings.Contains(out, "makesync.") {
		t.Errorf("systemd-analyze verify ended with %d:\n%s", code, out)
	}
	// And it would have said so.
	broken := strings.Replace(example(t, names[0]), "ProtectHome=yes", "ProtectHom=yes", 1)
	if err := os.WriteFile(filepath.Join(dir, names[0]), []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, out := verify(); !strings.Contains(out, "ProtectHom") {
		t.Errorf("a mistyped directive is not noticed:\n%s", out)
	}
}

// TestHeldNightsAreGood: nothing that starts a night, the page's command of Docker included, takes one
// in which a guard holds something for a failed one, or has no time to end.
func TestHeldNightsAreGood(t *testing.T) {
	t.Parallel()
	arguments := regexp.MustCompile(`\n +- `)           // of a manifest, in one line
	night := regexp.MustCompile(`apply .*--yes .*--.*`) // the page also speaks of `apply --yes`
	for _, file := range []string{"crontab", "makesync.service", "cronjob.yaml", "cronjob-git.yaml", "README.md", "../kubernetes/apply.yaml"} {
		text := example(t, file)
		nights := night.FindAllString(arguments.ReplaceAllString(text, " "), -1)
		if len(nights) == 0 {
			t.Errorf("%s: no night", file)
		}
		for _, command := range nights {
			for _, want := range []string{`--held-exit[= ]0\b`, `--max-runtime[= ][12]h\b`} {
				if !regexp.MustCompile(want).MatchString(command) {
					t.Errorf("%s has no %s: %s", file, want, command)
				}
			}
		}
		if strings.Contains(text, "SuccessExitStatus") || strings.Contains(text, "$? = 5") {
			t.Errorf("%s: whatever else ends with 5 passes for a good night", file)
		}
	}
}

// TestAlerts: they speak of metrics that the table lists; a night that never ran and a file that is
// not there alert; a held night is no failed night.
func TestAlerts(t *testing.T) {
	t.Parallel()
	text := example(t, "METRICS.md")
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(text)
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr, For string
				Labels           map[string]string
			}
		}
	}
	if block == nil || yaml.Unmarshal([]byte(block[1]), &rules) != nil || len(rules.Groups) != 1 {
		t.Fatalf("no rules: %v", block)
	}
	expr := map[string]string{}
	for _, rule := range rules.Groups[0].Rules {
		expr[rule.Alert] = rule.Expr
		for _, name := range regexp.MustCompile(`\bmakesync_\w+`).FindAllString(rule.Expr, -1) {
			if !regexp.MustCompile("(?m)^\\| `" + name + "[`{]").MatchString(text) {
				t.Errorf("%s: there is no metric %s", rule.Alert, name)
			}
		}
	}
	for alert, part := range map[string]string{
		"MakesyncFails":     "makesync_run_success == 0",
		"MakesyncHasNotRun": "or absent(makesync_run_timestamp_seconds)",
		"MakesyncHolds":     "makesync_held",
	} {
		if !strings.Contains(expr[alert], part) {
			t.Errorf("%s is %q, without %q", alert, expr[alert], part)
		}
	}
	for alert, e := range expr {
		if strings.Contains(e, "last_success") { // stands still while something is held
			t.Errorf("%s: %s", alert, e)
		}
	}
}
