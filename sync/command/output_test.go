package command

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// fileWords are how the usage of flags calls what is a file or a folder.
var fileWords = []string{"FILE", "DIR", "PATH", "STATE", "DOCS", "FOLDER"}

// neither names folders of which no file is read or replaced as a whole.
var neither = []string{"journal", "reference-root"}

// Every flag that names a file says whether it is read or written: only then is an output held
// against the inputs.
func TestEveryFileFlagSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	env, _, _ := testEnv("", false)
	written := 0
	walk(newApp(&runtimeEnv{Env: env}).Commands, "", func(path string, c *cli.Command) {
		for _, f := range c.Flags {
			var role fileRole
			switch f := f.(type) {
			case pathFlag:
				role = f.fileRole
			case pathsFlag:
				role = f.fileRole
			}
			placeholder, usage := splitPlaceholder(f.(cli.DocGenerationFlag).GetUsage())
			name := f.Names()[0]
			if !takesValue(f) || slices.Contains(neither, name) {
				continue
			}
			writes := strings.HasPrefix(usage, "write ") || strings.HasPrefix(usage, "save ") ||
				slices.Contains([]string{"out", "since-last"}, name)
			if writes != (role.writes != nil) {
				t.Errorf("%s --%s: is it written? then newOutputFlag makes it", path, name)
			}
			if slices.Contains(fileWords, placeholder) && !role.reads && role.writes == nil {
				t.Errorf("%s --%s names a file and does not say what for", path, name)
			}
			if role.writes != nil {
				written++
				if !role.writes.leaves && findFlag(c.Flags, "force") == nil {
					t.Errorf("%s --%s cannot be forced", path, name)
				}
			}
		}
	})
	if written < 15 {
		t.Errorf("only %d flags that write a file were found", written)
	}
}

// No file but files.go puts files into place. The others named here try whether a folder takes
// files at all.
func TestOutputsGoOneWay(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{"files.go": {"atomicfile.Put"}, "doctor_state.go": {"os.CreateTemp", "os.OpenFile"}}
	writers := []string{"os.WriteFile", "os.Create", "os.CreateTemp", "os.OpenFile", "os.Rename", "os.Link",
		"os.Symlink", "os.Truncate", "atomicfile.Put", "atomicfile.Write"}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && slices.Contains(writers, x.Name+"."+s.Sel.Name) {
				seen++
				if !slices.Contains(allowed[name], x.Name+"."+s.Sel.Name) {
					t.Errorf("%s calls %s.%s: files are written by files.put", name, x.Name, s.Sel.Name)
				}
			}
			return true
		})
	}
	if seen == 0 {
		t.Error("nothing is written at all")
	}
}

// Every output of every command is held against every input of that command, however the two are
// spelt, and against what stands in its place: that is refused before anything is read.
func TestOutputsReplaceNothingElse(t *testing.T) {
	tried := 0
	env, _, _ := testEnv("", false)
	walk(newApp(&runtimeEnv{Env: env}).Commands, "", func(path string, c *cli.Command) {
		var inputs []string
		for _, f := range c.Flags {
			one, isOne := f.(pathFlag)
			many, isMany := f.(pathsFlag)
			if isOne && one.reads || isMany && many.reads {
				inputs = append(inputs, f.Names()[0])
			}
		}
		for _, f := range c.Flags {
			out, ok := f.(pathFlag)
			if !ok || out.writes == nil || out.writes.folder || out.writes.leaves {
				continue
			}
			t.Run(strings.ReplaceAll(path, " ", "-")+"/"+out.Name, func(t *testing.T) {
				t.Chdir(t.TempDir())
				const text = "apiVersion: makesync/v1\n# of a person\n"
				try := func(file string, words ...string) string {
					t.Helper()
					tried++
					if err := os.WriteFile("kept.yaml", []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
					line := slices.Concat([]string{programName}, strings.Fields(path), words, []string{"--" + out.Name, file},
						positionals(c))
					env, _, errs := testEnv("", false)
					code := Main(t.Context(), line, env)
					if data, err := os.ReadFile("kept.yaml"); string(data) != text {
						t.Errorf("%q replaced it with %.40q (%v)", line, data, err)
					}
					if code != 64 || !strings.Contains(errs.String(), "--"+out.Name+" ") {
						t.Errorf("%q: exit %d\n%s", line, code, errs)
					}
					return errs.String()
				}
				if err := os.WriteFile("kept.yaml", nil, 0o600); err != nil {
					t.Fatal(err)
				}
				makeLinks(t)
				for _, file := range []string{"kept.yaml", "./kept.yaml", "folder/../kept.yaml", "link", "folder/link"} {
					if !strings.Contains(try(file), "--force") {
						t.Errorf("%s: nothing says how to replace a foreign file", file)
					}
					for _, input := range inputs {
						for _, read := range []string{"kept.yaml", "hard"} {
							if hint := try(file, "--force", "--"+input, read); !strings.Contains(hint, "this run reads it") {
								t.Errorf("--%s: %s", input, hint)
							}
						}
					}
				}
				if slices.Contains(inputs, "file") { // also when it stands in a folder that is read
					try("kept.yaml", "--force", "--file", ".")
				}
			})
		}
	})
	if tried < 300 {
		t.Errorf("only %d were tried", tried)
	}
}

// makeLinks gives kept.yaml other names.
func makeLinks(t *testing.T) {
	t.Helper()
	if err := os.MkdirAll("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Link("kept.yaml", "hard"); err != nil {
		t.Skip("no hard links here:", err)
	}
	for link, to := range map[string]string{"link": "kept.yaml", filepath.Join("folder", "link"): "../link"} {
		if err := os.Symlink(to, link); err != nil {
			t.Skip("no links here:", err)
		}
	}
}

// positionals are as many arguments as a command needs.
func positionals(c *cli.Command) []string {
	var words []string
	for _, word := range strings.Fields(c.ArgsUsage) {
		if !strings.HasPrefix(word, "[") {
			words = append(words, strings.ToLower(word))
		}
	}
	return words
}
