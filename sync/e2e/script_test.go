package e2e

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"

	"makesync/sync/plan"
)

// top is the project's top folder.
const top = "../.."

var update = flag.Bool("update", false, "rewrite the scripts' golden parts and the README's output")

// TestMain builds makesync once and puts it first in the path, for the scripts and for every test that
// starts it as a process. It is the program as users have it, without the race detector,
// under which the fingerprints of secrets, slow on purpose, take seconds; the race detector
// sees the same code in the tests of package command, which run it in process.
//
// Started by the name of terminal, the tests are that program of the scripts.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == terminalProgram {
		os.Exit(atTerminal(os.Args[1:]))
	}
	flag.Parse()
	os.Exit(withProgram(m.Run))
}

// otherProgram names what is taken for makesync instead of building it: testdata/windows/run has a
// script that starts the Windows binary.
const otherProgram = "MAKESYNC_PROGRAM"

// terminalProgram runs a command at a terminal, with answers typed.
const terminalProgram = "terminal"

func withProgram(run func() int) int {
	dir, err := os.MkdirTemp("", "makesync")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	make := exec.Command("go", "build", "-o", filepath.Join(dir, "makesync"), top)
	if program := os.Getenv(otherProgram); program != "" {
		make = exec.Command("cp", program, filepath.Join(dir, "makesync"))
	}
	if out, err := make.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build makesync: %v\n%s", err, out))
	}
	self, err := os.Executable()
	if err = errors.Join(err, os.Symlink(self, filepath.Join(dir, terminalProgram))); err != nil && runtime.GOOS != "windows" {
		panic(err)
	}
	if err := os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
		panic(err)
	}
	if work := flag.Lookup("testwork"); work != nil && work.Value.String() == "true" {
		return run() // whoever asks for the scripts' folders finds them where testscript says
	}
	return leavingNothing(filepath.Join(dir, "tmp"), run)
}

// leavingNothing runs the tests with a folder for temporary files of their own, which has to be empty
// afterwards. testscript leaves the folder of all scripts, empty, when only some of them ran.
func leavingNothing(folder string, run func() int) int {
	err := os.Mkdir(folder, 0o700)
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} { // Unix has the first, Windows the others
		err = errors.Join(err, os.Setenv(name, folder))
	}
	if err = errors.Join(err, os.Unsetenv("GOTMPDIR")); err != nil {
		panic(err)
	}
	code := run()
	left, err := os.ReadDir(folder)
	if err != nil {
		panic(err)
	}
	for _, entry := range left {
		scripts := strings.HasPrefix(entry.Name(), "go-test-script")
		if scripts && os.Remove(filepath.Join(folder, entry.Name())) == nil || code != 0 {
			continue
		}
		fmt.Fprintln(os.Stderr, "the tests left", entry.Name(), "in the folder for temporary files")
		code = 1
	}
	return code
}

// TestLeavingNothing: a run that passes fails all the same for what it leaves, but for the empty folder of all scripts.
func TestLeavingNothing(t *testing.T) {
	for _, name := range []string{"TMPDIR", "TMP", "TEMP", "GOTMPDIR"} {
		t.Setenv(name, os.Getenv(name)) // puts back what leavingNothing changes
	}
	for left, want := range map[string]int{"": 0, "go-test-script1": 0, "go-test-script1/script-a": 1, "TestA1": 1} {
		code := leavingNothing(filepath.Join(t.TempDir(), "tmp"), func() int {
			if err := os.MkdirAll(filepath.Join(os.TempDir(), left), 0o700); err != nil {
				t.Error(err)
			}
			return 0
		})
		if code != want {
			t.Errorf("with %q left the tests end with %d, want %d", left, code, want)
		}
	}
}

// TestScript runs testdata/script, one script for each topic, each in a folder and with a state of its own.
func TestScript(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(top)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if pasted.Lock(); !t.Failed() && flag.Lookup("test.run").Value.String() == "" && len(pasted.commands) < 5 {
			t.Errorf("the scripts print commands of few kinds to paste: %v", pasted.commands)
		}
		t.Logf("pasted: %v", pasted.commands)
		pasted.Unlock()
	})
	testscript.RunT(scriptT{t, new(string)}, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *update,
		Condition:     scriptCondition,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, ".state"))
			e.Setenv("ROOT", root)
			e.Values[servers{}] = &[]*exec.Cmd{}
			if script, is := e.T().(scriptT); is {
				*script.work = e.WorkDir
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":      scriptCode,
			"paste":     scriptPaste,
			"json":      scriptJSON,
			"serve":     scriptServe,
			"hook":      scriptHook,
			"jsonlines": scriptJSONLines,
			"unserve":   scriptUnserve,
			"example":   scriptExample,
			"hash":      scriptHash,
			"field":     scriptField,
			"many":      scriptMany,
			"edit":      scriptEdit,
			"journal":   scriptJournal,
			"redigest":  scriptRedigest,
			"sshkey":    scriptSSHKey,
			"signers":   scriptSigners,
			"keygen":    scriptKeygen,
			"cpdir":     scriptCopyFolder,
			"mode":      scriptMode,
			"hosts":     scriptHosts,
		},
	})
}

// TestScriptsReachTheirEnd: testscript's own commands come before ours of the same name, and its stop ends a script as
// one that has passed; it stands only behind a condition.
func TestScriptsReachTheirEnd(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	ends := regexp.MustCompile(`(?m)^(stop|skip)\b.*$`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script, _, _ := bytes.Cut(text, []byte("\n-- "))
		if line := ends.Find(script); line != nil {
			t.Errorf("%s: what stands below %q never runs", file, line)
		}
	}
}

// scriptCondition: [posix] is true where the program is one of a Unix: it has modes of files and signals
// as the scripts use them. [terminal] is true where it can be given a terminal.
func scriptCondition(word string) (bool, error) {
	posix := runtime.GOOS != "windows" && os.Getenv(otherProgram) == ""
	switch word {
	case "posix":
		return posix, nil
	case "terminal":
		return posix && runtime.GOOS == "linux", nil
	}
	return false, fmt.Errorf("there is no condition %s", word)
}

// scriptCode runs a command that must end with an exit code: code 2 makesync plan --exit-code.
func scriptCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// scriptPaste runs, in a shell, the command that the last command printed behind a label or below it, as
// somebody does who copies the line: paste 0 'go on' --yes. The whole line is pasted, and more words behind it.
func scriptPaste(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: paste CODE LABEL [WORD…]")
	}
	line := regexp.MustCompile(`(?m)^ *` + regexp.QuoteMeta(args[1]) + `:?\s+(makesync .*)$`).FindStringSubmatch(ts.ReadFile("stdout"))
	if line == nil {
		ts.Fatalf("no command stands behind %q", args[1])
	}
	scriptCode(ts, false, []string{args[0], "sh", "-c", strings.Join(append([]string{line[1]}, args[2:]...), " ")})
}

// scriptJSON compares one value of a JSON document: json stdout exit.code 2, or ! json stdout exit.code 2.
// A number in the path is an index, length that of an array.
func scriptJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH VALUE")
	}
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	decoder.UseNumber()
	var document any
	ts.Check(decoder.Decode(&document))
	if decoder.More() {
		ts.Fatalf("%s holds more than one JSON document", args[0])
	}
	got := fmt.Sprint(jsonAt(ts, document, args[1]))
	if (got == args[2]) == neg {
		ts.Fatalf("%s is %s", args[1], got)
	}
}

func jsonAt(ts *testscript.TestScript, value any, path string) any {
	for _, part := range strings.Split(path, ".") {
		switch node := value.(type) {
		case map[string]any:
			value = node[part]
		case []any:
			if part == "length" {
				return len(node)
			}
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(node) {
				ts.Fatalf("%s: no element %s of %d", path, part, len(node))
			}
			value = node[i]
		default:
			ts.Fatalf("%s: nothing below %v", path, value)
		}
	}
	return value
}

// scriptServe starts `makesync sandbox serve` and sets a variable for each zone that answers: after
// serve --state lab.json --listen eu1=127.0.0.1:0 the url stands in $eu1.
func scriptServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("unsupported: ! serve")
	}
	for i, arg := range args { // --listen lab=$lab is where a server was before
		args[i] = strings.Replace(arg, "=http://", "=", 1)
	}
	cmd := exec.Command("makesync", append([]string{"sandbox", "serve"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	started := ts.Value(servers{}).(*[]*exec.Cmd)
	*started = append(*started, cmd)
	ts.Defer(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for range strings.Count(strings.Join(args, " "), "--listen") {
		if !lines.Scan() {
			ts.Fatalf("sandbox serve ended without an answer")
		}
		words := strings.Fields(lines.Text())
		if len(words) != 3 || words[0] != "zone" {
			ts.Fatalf("sandbox serve said %q", lines.Text())
		}
		ts.Setenv(words[1], words[2])
	}
}

// servers is the key of the servers that a script has started.
type servers struct{}

// scriptUnserve asks every server to stop and checks that it does so cleanly.
func scriptUnserve(ts *testscript.TestScript, neg bool, args []string) {
	started := ts.Value(servers{}).(*[]*exec.Cmd)
	for _, cmd := range *started {
		ts.Check(cmd.Process.Signal(os.Interrupt))
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 130 {
			ts.Fatalf("sandbox serve ended with %v, want exit status 130", err)
		}
	}
	*started = nil
}

// scriptExample copies an example, without a state that somebody's try has left there: example quickstart.
func scriptExample(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: example NAME")
	}
	ts.Check(copyExample(filepath.Join(ts.Getenv("ROOT"), "examples", args[0]), ts.MkAbs(args[0])))
}

func copyExample(from, to string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(to, ".makesync"))
}

// scriptHash sets a variable to the hash of the first open invitation of a state file: hash state.json HASH.
func scriptHash(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hash FILE NAME")
	}
	found := regexp.MustCompile(`"hash": *"([^"]+)"`).FindStringSubmatch(ts.ReadFile(args[0]))
	if found == nil {
		ts.Fatalf("%s holds no invitation", args[0])
	}
	ts.Setenv(args[1], found[1])
}

// scriptMany writes a file with a text once for each number from 1 to N in the place of %d, between the
// text of two other files: many 100 head.txt each.txt tail.txt out.
func scriptMany(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 5 {
		ts.Fatalf("usage: many N HEAD EACH TAIL OUT")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	text := ts.ReadFile(args[1])
	for i := range n {
		text += strings.ReplaceAll(ts.ReadFile(args[2]), "%d", strconv.Itoa(i+1))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[4]), []byte(text+ts.ReadFile(args[3])), 0o600))
}

// scriptField sets a variable to a value of a JSON document: field runs.json runs.0.run RUN.
func scriptField(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: field FILE PATH NAME")
	}
	var document any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &document))
	ts.Setenv(args[2], fmt.Sprint(jsonAt(ts, document, args[1])))
}

// scriptEdit copies a file with one text replaced by another, which must be in it; $NAME stands for variables in
// the new text: edit plan.json damaged.json old new.
func scriptEdit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: edit FILE OUT OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[2]) {
		ts.Fatalf("%s does not hold %q", args[0], args[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(text, args[2], args[3])), 0o600))
}

// scriptJournal copies the oldest journal of a folder into another one, without its end, with one text
// in its first line replaced by another: journal FROM TO OLD NEW.
func scriptJournal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: journal FROM TO OLD NEW")
	}
	journals, err := filepath.Glob(ts.MkAbs(args[0] + "/*.jsonl"))
	ts.Check(err)
	if len(journals) == 0 {
		ts.Fatalf("%s has no journal", args[0])
	}
	first, _, _ := strings.Cut(ts.ReadFile(journals[0]), "\n")
	if !strings.Contains(first, args[2]) {
		ts.Fatalf("the first line does not hold %q: %s", args[2], first)
	}
	first = strings.Replace(first, args[2], args[3], 1)
	ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[1]), filepath.Base(journals[0])), []byte(first+"\n"), 0o600))
}

// scriptSSHKey makes a key and, by another, its certificate: sshkey jane [AUTHORITY PRINCIPAL…].
func scriptSSHKey(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: sshkey NAME [AUTHORITY PRINCIPAL…]")
	}
	keyOf := func(name string) (ed25519.PrivateKey, ssh.Signer) {
		seed := sha256.Sum256([]byte(name))
		key := ed25519.NewKeyFromSeed(seed[:])
		signer, err := ssh.NewSignerFromKey(key)
		ts.Check(err)
		return key, signer
	}
	write := func(name string, data []byte) { ts.Check(os.WriteFile(ts.MkAbs(name), data, 0o600)) }
	key, signer := keyOf(args[0])
	block, err := ssh.MarshalPrivateKey(key, args[0])
	ts.Check(err)
	write(args[0], pem.EncodeToMemory(block))
	write(args[0]+".pub", ssh.MarshalAuthorizedKey(signer.PublicKey()))
	ts.Setenv("KEY_"+args[0], strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))))
	if len(args) < 2 {
		return
	}
	_, authority := keyOf(args[1])
	certificate := &ssh.Certificate{Key: signer.PublicKey(), CertType: ssh.UserCert, KeyId: args[0],
		ValidPrincipals: args[2:], ValidBefore: ssh.CertTimeInfinity}
	ts.Check(certificate.SignCert(rand.Reader, authority))
	write(args[0]+"-cert.pub", ssh.MarshalAuthorizedKey(certificate))
}

// scriptSigners writes a file of those who may sign: signers FILE NAMES KEY….
func scriptSigners(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args)%2 == 0 {
		ts.Fatalf("usage: signers FILE [NAMES KEY]…")
	}
	var lines strings.Builder
	for i := 1; i < len(args); i += 2 {
		fmt.Fprintf(&lines, "%s %s\n", args[i], args[i+1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(lines.String()), 0o600))
}

// scriptKeygen has OpenSSH judge or make what lies in a folder of approvals:
// keygen verify FOLDER ALLOWED NAME, which must find one that is NAME's; keygen sign FOLDER KEY.
func scriptKeygen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: keygen verify FOLDER ALLOWED NAME | keygen sign FOLDER KEY")
	}
	statements, err := filepath.Glob(ts.MkAbs(args[1] + "/*.txt"))
	ts.Check(err)
	if len(statements) == 0 {
		ts.Fatalf("no statement in %s", args[1])
	}
	text, err := os.ReadFile(statements[0])
	ts.Check(err)
	if args[0] == "sign" {
		file := ts.MkAbs(args[1] + "/by-hand.txt")
		ts.Check(os.WriteFile(file, text, 0o600))
		ts.Check(ts.Exec("ssh-keygen", "-Y", "sign", "-f", ts.MkAbs(args[2]), "-n", "makesync-plan", file))
		return
	}
	for _, statement := range statements {
		text, err := os.ReadFile(statement)
		ts.Check(err)
		cmd := exec.Command("ssh-keygen", "-Y", "verify", "-f", ts.MkAbs(args[2]), "-I", args[3], "-n", "makesync-plan",
			"-s", statement+".sig")
		cmd.Stdin = bytes.NewReader(text)
		if cmd.Run() == nil {
			return
		}
	}
	ts.Fatalf("ssh-keygen takes none of %d signatures as that of %s", len(statements), args[3])
}

// scriptCopyFolder copies the files of a folder.
func scriptCopyFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cpdir FROM TO")
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(ts.MkAbs(args[0]))))
}

// scriptRedigest gives a plan that was changed the digest of its steps, as a forger does.
func scriptRedigest(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: redigest FILE")
	}
	var p plan.Plan
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &p))
	p.Digest = p.OwnDigest()
	data, err := json.Marshal(&p)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

// scriptMode checks who may read a file: mode plan.json 600.
func scriptMode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode FILE OCTAL")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has the mode %s", args[0], got)
	}
}

// scriptHosts names the host of an url in MAKESYNC_HOSTS.
func scriptHosts(ts *testscript.TestScript, neg bool, args []string) {
	u, err := url.Parse(args[0])
	ts.Check(err)
	ts.Setenv("MAKESYNC_HOSTS", u.Host)
}
