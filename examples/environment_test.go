package examples_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// asDocker reads an environment file as `docker --env-file` and `kubectl --from-env-file` do: a
// line is NAME=value with the value as it is, or a comment that begins with #.
func asDocker(text string) map[string]string {
	read := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), " \t")
		if name, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			read[name] = value
		}
	}
	return read
}

// asSystemd reads it as systemd.exec(5) says of EnvironmentFile=: comments begin with # or ;,
// blanks at the ends of a value go, quotes around it too, a backslash goes and what follows it
// stays, at the end of a line it joins the next one.
func asSystemd(text string) map[string]string {
	read := map[string]string{}
	text = strings.NewReplacer("\\\n", "", "\r", "\n").Replace(text)
	for line := range strings.Lines(text) {
		line = strings.Trim(line, " \t\n")
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.ContainsAny(line[:1], "#;") {
			continue
		}
		value = strings.Trim(value, " \t")
		if quote := value[:min(1, len(value))]; quote == "'" || quote == `"` {
			value, _, _ = strings.Cut(value[1:], quote)
		}
		read[strings.Trim(name, " \t")] = strings.ReplaceAll(value, `\`, "")
	}
	return read
}

// withEnvironment is what a command sees that with-environment starts; ok is false when the file is
// refused.
func (s shell) withEnvironment(
	t interface{ Fatal(...any) }, file, text string,
) (read map[string]string, said string, ok bool) {
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := s.command("cron/with-environment", file, "env")
	var out, errs strings.Builder
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		return nil, errs.String(), false
	}
	return asDocker(out.String()), errs.String(), true
}

// TestEnvironmentFile: what all readers take alike is taken as it is, and the rest is refused by
// its line, without its value.
func TestEnvironmentFile(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for _, s := range shells(t) {
		file := filepath.Join(t.TempDir(), "environment")
		for _, value := range []string{
			"", "plain", "https://hooks.example/invoke?a=1&sp=/x&sig=y;z", "pa$$word $HOME `id` $(id)",
			`a'b"c`, "# no comment", "a=b", "é\u2028", "*", "~", "!x",
		} {
			read, said, ok := s.withEnvironment(t, file, "# a comment\n\nMAKE_API_KEY=x\nVALUE="+value)
			if !ok || read["VALUE"] != value || read["MAKE_API_KEY"] != "x" {
				t.Errorf("%s: %q is read as %q\n%s", s.name, value, read["VALUE"], said)
			}
		}
		for _, line := range []string{
			`V='` + secret + `'`, `V="` + secret + `"`, "V= " + secret, "V=" + secret + " ",
			"V=" + secret + `\`, "V=" + secret + "\r", "V=\t" + secret, " V=" + secret,
			"export V=" + secret, "V =" + secret, "1V=" + secret, "=" + secret, secret,
			"# " + secret + `\`, "; V=" + secret, "# x\rV=" + secret,
		} {
			_, said, ok := s.withEnvironment(t, file, "A=b\n"+line+"\n")
			if ok || !strings.Contains(said, "environment:2: ") || strings.Contains(said, secret) {
				t.Errorf("%s: %q: refused: %v, and it says\n%s", s.name, line, !ok, said)
			}
		}
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := s.command("cron/with-environment", file).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "everybody can read it") {
			t.Errorf("%s: %v %s", s.name, err, out)
		}
	}
}

// TestEnvironmentReaders: a file that with-environment takes is read alike by all.
func TestEnvironmentReaders(t *testing.T) {
	t.Parallel()
	all := shells(t)
	file := filepath.Join(t.TempDir(), "environment")
	rapid.Check(t, func(r *rapid.T) {
		lines := rapid.SliceOfN(rapid.OneOf(
			rapid.StringMatching(`[AB]=[a$&;'"\\# \t]{0,3}`),
			rapid.StringMatching(`[AB]=[a$&;'"# ]{0,3}`),
			rapid.StringMatching(`[ #;]?[AB]{0,2}[= ]?[a#= \r]{0,2}`),
		), 1, 2).Draw(r, "lines")
		text := strings.Join(lines, "\n")
		read, _, ok := rapid.SampledFrom(all).Draw(r, "shell").withEnvironment(r, file, text)
		if !ok {
			return
		}
		docker, systemd := asDocker(text), asSystemd(text)
		for _, name := range []string{"A", "B", "AB", "BA", "AA", "BB"} {
			if read[name] != docker[name] || read[name] != systemd[name] {
				r.Errorf("%s is %q, Docker %q, systemd %q", name, read[name], docker[name], systemd[name])
			}
		}
	})
}

// TestEnvironmentInKubernetes asks kubectl itself, where it is installed.
func TestEnvironmentInKubernetes(t *testing.T) {
	t.Parallel()
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("CANNOT CHECK HERE: kubectl is not installed")
	}
	file := filepath.Join(t.TempDir(), "environment")
	want := map[string]string{
		"MAKE_API_KEY": "token",
		"URL":          "https://hooks.example/invoke?a=1&sig=y;z",
		"PASSWORD":     `pa$$ word'"`,
	}
	text := "# a comment\n"
	for name, value := range want {
		text += name + "=" + value + "\n"
	}
	for _, s := range shells(t) {
		if read, said, ok := s.withEnvironment(t, file, text); !ok || read["PASSWORD"] != want["PASSWORD"] {
			t.Errorf("%s: %v %s", s.name, read, said)
		}
	}
	c := exec.Command(kubectl, "create", "secret", "generic", "makesync-tokens",
		"--from-env-file="+file, "--dry-run=client", "-o", "json")
	c.Env = append(os.Environ(), "KUBECONFIG=/dev/null")
	out, err := c.Output()
	var secret struct{ Data map[string][]byte }
	if err == nil {
		err = json.Unmarshal(out, &secret)
	}
	if err != nil || len(secret.Data) != len(want) {
		t.Fatalf("%v %s", err, out)
	}
	for name, value := range want {
		if string(secret.Data[name]) != value {
			t.Errorf("%s is %q, want %q", name, secret.Data[name], value)
		}
	}
}
