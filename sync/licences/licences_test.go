package licences_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"makesync/sync/licences"
)

const top = "../.."

var update = flag.Bool("update", false, "write notices.txt anew")

// systems have different modules in the binary.
var systems = []string{"linux", "windows", "darwin", "freebsd"}

// TestNotices compares the file with what the modules of the binary hold now.
func TestNotices(t *testing.T) {
	texts := map[string][]string{} // the modules of each text
	add := func(module, file string) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := tidy(string(data))
		if !slices.Contains(texts[text], module) {
			texts[text] = append(texts[text], module)
		}
	}
	add("makesync", filepath.Join(top, "LICENSE"))
	add("the Go standard library", filepath.Join(goroot(t), "LICENSE"))
	for _, p := range packages(t) {
		files := licenceFiles(t, p)
		if len(files) == 0 {
			t.Errorf("no licence of %s in %s", p.Module.Path, p.Module.Dir)
		}
		for _, file := range files {
			add(p.Module.Path+" "+p.Module.Version, file)
		}
	}
	want := render(texts)
	if *update {
		if err := os.WriteFile("notices.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if licences.Notices != want {
		t.Error("notices.txt is stale; `go generate ./sync/licences` writes it anew")
	}
}

type usedPackage struct {
	Dir    string
	Module *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// packages are those of other modules in the binary, on whatever system.
func packages(t *testing.T) []usedPackage {
	t.Helper()
	var used []usedPackage
	for _, system := range systems {
		list := exec.Command("go", "list", "-deps", "-json=Dir,Module", top)
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
			var p usedPackage
			err := decoder.Decode(&p)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if p.Module != nil && !p.Module.Main {
				used = append(used, p)
			}
		}
	}
	if len(used) < 20 {
		t.Fatalf("only %d packages of others: this is not the binary", len(used))
	}
	return used
}

func goroot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice)([.-].*)?$`)

// licenceFiles are those of a package's folder and of all above it, up to its module's.
func licenceFiles(t *testing.T, p usedPackage) []string {
	t.Helper()
	var files []string
	for dir := p.Dir; strings.HasPrefix(dir, p.Module.Dir); dir = filepath.Dir(dir) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if licenceFile.MatchString(e.Name()) && e.Type().IsRegular() && filepath.Ext(e.Name()) != ".go" {
				files = append(files, filepath.Join(dir, e.Name()))
			}
		}
	}
	return files
}

// tidy takes off what makes one text look like two.
func tidy(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\f")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n") + "\n"
}

// render puts each text below its modules, makesync's own first.
func render(texts map[string][]string) string {
	order := slices.Collect(maps.Keys(texts))
	for _, modules := range texts {
		slices.Sort(modules)
	}
	slices.SortFunc(order, func(a, b string) int {
		return strings.Compare(sortedName(texts[a][0])+a, sortedName(texts[b][0])+b)
	})
	var b strings.Builder
	b.WriteString("What is in the binary, and under which terms.\n")
	for _, text := range order {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s", strings.Repeat("=", 80), strings.Join(texts[text], "\n"), text)
	}
	return b.String()
}

func sortedName(module string) string {
	switch module {
	case "makesync":
		return "0"
	case "the Go standard library":
		return "1"
	}
	return "2" + module
}
