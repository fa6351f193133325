package sync_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// mayImport says which of our packages each may import. What is not listed here is a new room, and belongs into this
// table and into CONTRIBUTING.md.
var mayImport = map[string][]string{
	".":                    {"sync/exit", "sync/command", "sync/lock", "sync/pager"},
	"schema":               {},
	"spec":                 {"schema", "spec/text"},
	"spec/text":            {},
	"spec/regular":         {"spec/text"},
	"spec/document":        {"schema", "spec", "spec/text", "spec/regular"},
	"spec/document/edit":   {"spec", "spec/document"},
	"spec/document/factor": {"spec", "spec/document"},
	"sync":                 {},
	"sync/exit":            {},
	"sync/billing":         {"spec", "spec/text"},
	"sync/state":           {"spec", "sync/billing", "spec/text", "sync/exit", "sync/slots"},
	"sync/plan":            {"spec", "sync/billing", "spec/text", "sync/exit", "sync/state"},
	"sync/grouping":        {"spec", "sync/plan"},
	"sync/savedplan":       {"schema", "spec", "spec/text", "sync/plan", "sync/state"},
	"sync/diff":            {"spec", "sync/billing", "spec/text", "sync/plan", "sync/state", "sync/lookup"},
	"sync/guard":           {"spec", "sync/billing", "spec/text", "sync/plan"},
	"sync/planner":         {"spec", "sync/billing", "spec/text", "sync/exit", "sync/state", "sync/plan", "sync/diff", "sync/guard", "sync/slots", "sync/lookup"},
	"sync/report":          {"sync/commandline", "schema", "spec", "spec/text", "sync/exit", "sync/state", "sync/plan"},
	"sync/observe":         {"spec", "sync/billing", "spec/text", "sync/state", "sync/plan"},
	"sync/apply":           {"spec", "sync/billing", "spec/text", "sync/exit", "sync/state", "sync/plan", "sync/report", "sync/observe", "sync/slots"},
	"sync/undo":            {"spec", "spec/text", "sync/state", "sync/plan", "sync/report", "sync/observe"},
	"sync/offline":         {"spec", "sync/billing", "spec/text", "sync/exit", "sync/state", "sync/lookup"},
	"sync/export":          {"spec", "sync/billing", "spec/text", "sync/state"},
	"sync/compare":         {"spec", "sync/billing", "spec/text", "sync/exit", "sync/state", "sync/offline", "sync/export"},
	"sync/makeapi":         {"spec", "sync/billing", "spec/text", "sync/exit", "sync/state", "sync/plan", "sync/slots"},
	"sync/sandbox":         {},
	"examples":             {},
	"sync/history":         {"sync/commandline", "spec", "spec/regular", "sync/billing", "spec/text", "sync/exit", "sync/state", "sync/plan", "sync/report", "sync/atomicfile", "sync/lock"},
	"sync/render":          {"spec", "sync/billing", "spec/text", "sync/exit", "sync/state", "sync/plan", "sync/report", "sync/offline", "sync/compare", "sync/export", "sync/fleet", "sync/grouping", "sync/explain"},
	"sync/notify":          {"spec", "sync/exit", "sync/fleet", "sync/plan", "sync/report", "sync/render"},
	"sync/adopt":           {"spec", "spec/document", "spec/document/edit", "spec/text", "sync/export", "sync/offline", "sync/plan", "sync/state", "sync/lookup"},
	"sync/metrics":         {"spec", "sync/exit", "sync/fleet", "sync/plan", "sync/report", "sync/state"},
	"sync/command":         {"*"},
	"sync/zonetest":        {"spec", "sync/billing", "sync/exit", "sync/state", "sync/plan"},
	"sync/plantest":        {"spec", "sync/billing", "sync/exit", "sync/state", "sync/plan", "sync/planner", "sync/zonetest"},
	"sync/help":            {},
	"sync/fleet":           {"spec", "sync/billing", "spec/text", "sync/exit", "sync/state", "sync/plan", "sync/slots"},
	"sync/complete":        {"spec", "spec/text"},
	"sync/explain":         {"spec", "spec/text", "sync/exit", "sync/state", "sync/plan"},
	"sync/policy":          {"spec", "spec/text"},
	"sync/approval":        {"sync/atomicfile"},
	"sync/e2e":             {},
	"sync/bench":           {},

	"sync/atomicfile":  {},
	"sync/commandline": {"spec/text"},
	"sync/pager":       {},
	"sync/slots":       {"spec"},
	"sync/lookup":      {"spec", "sync/state"},
	"sync/revision":    {},
	"sync/licences":    {},
	"sync/lock":        {"spec"},
}

// homes are the libraries that only some packages may use.
var homes = map[string][]string{
	"sigs.k8s.io/yaml":                {"spec/document"},
	"go.yaml.in/yaml/":                {"spec/document", "spec/document/edit"},
	"github.com/xeipuuv/gojsonschema": {"spec"},
	"github.com/r3labs/diff/":         {"sync/diff"},
	"github.com/urfave/cli/":          {"sync/command"},
	"github.com/prometheus/":          {"sync/metrics"},
	"golang.org/x/sync/errgroup":      {"spec"}, // spec.Group hands panics on; a bare one prints what may be a secret
	"cel.dev/cel-go/":                 {"sync/policy"},
	"github.com/google/renameio/":     {"sync/atomicfile"}, // it has no Windows
	"github.com/hiddeco/sshsig":       {"sync/approval"},
	"net/http":                        {"sync/makeapi", "sync/sandbox", "sync/command", "sync/bench"},
	// Arguments of a process can be read by everybody on the machine: git gets names of revisions and files, a pager the
	// words of MAKESYNC_PAGER or PAGER and its text through a pipe.
	"os/exec": {"sync/bench", "sync/lock", "sync/pager", "sync/revision"},
}

// pipeline are the packages of the sentence in doc.go, which stay small. The adapters and exit may be of any size.
var pipeline = []string{
	"sync/state", "sync/plan", "sync/diff", "sync/guard", "sync/planner", "sync/report", "sync/observe", "sync/apply",
	"sync/offline", "sync/export", "sync/compare", "sync/grouping",
}

// The limits of a package of the pipeline, of a receiver, and of a line.
const (
	fewestLines, mostLines   = 300, 2500
	mostFiles                = 20
	mostMethods              = 25
	mostFilesOfReceiver      = 4
	widestCode, widestPhrase = 120, 100 // columns; a tab takes 4
	tabWidth                 = 4
)

// sourceFile is one Go file of the program or of its tests.
type sourceFile struct {
	pkg, path string
	test      bool
	lines     []string
	ast       *ast.File
	set       *token.FileSet
}

// sourceFiles parses every Go file but those in testdata.
func sourceFiles(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (slices.Contains([]string{"testdata", "node_modules"}, entry.Name()) || hidden(entry.Name())):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, data, parser.ParseComments)
		name := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		files = append(files, sourceFile{
			pkg: filepath.ToSlash(filepath.Dir(name)), path: name, test: strings.HasSuffix(path, "_test.go"),
			lines: strings.Split(string(data), "\n"), ast: file, set: set,
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func hidden(name string) bool { return len(name) > 2 && name[0] == '.' }

// program are the files that are part of the program.
func program(files []sourceFile) []sourceFile {
	return slices.DeleteFunc(slices.Clone(files), func(f sourceFile) bool { return f.test })
}

func (f sourceFile) imports(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, spec := range f.ast.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, file := range program(sourceFiles(t)) {
		allowed, known := mayImport[file.pkg]
		if !known {
			t.Errorf("%s: the package %s is in no rule", file.path, file.pkg)
		}
		seen[file.pkg] = true
		for _, path := range file.imports(t) {
			checkImport(t, file, path, allowed)
		}
	}
	for pkg := range mayImport {
		if !seen[pkg] {
			t.Errorf("there is no package %s any more", pkg)
		}
	}
}

func checkImport(t *testing.T, file sourceFile, path string, allowed []string) {
	t.Helper()
	if ours, is := strings.CutPrefix(path, "makesync/"); is {
		if !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") {
			t.Errorf("%s must not import %s", file.path, ours)
		}
		return
	}
	for library, home := range homes {
		if strings.HasPrefix(path, library) && !slices.Contains(home, file.pkg) {
			t.Errorf("%s: only %s may import %s", file.path, strings.Join(home, ", "), path)
		}
	}
	if external := strings.Contains(strings.SplitN(path, "/", 2)[0], "."); external && file.pkg == "sync/sandbox" {
		t.Errorf("%s: the sandbox uses the standard library only, not %s", file.path, path)
	}
	if path == "context" && slices.Contains([]string{"sync/diff", "sync/guard"}, file.pkg) {
		t.Errorf("%s: %s compares values and asks nobody, so it has no context", file.path, file.pkg)
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	for _, file := range program(sourceFiles(t)) {
		said[file.pkg] += file.ast.Doc.Text()
	}
	begins := map[string]string{".": "Command makesync ", "sync/bench": "Command bench "}
	for pkg, doc := range said {
		want := begins[pkg]
		if want == "" {
			want = "Package " + filepath.Base(pkg) + " "
		}
		if !strings.HasPrefix(doc, want) {
			t.Errorf("the comment of package %s begins with %.40q, want %q", pkg, doc, want)
		}
	}
}

func TestPackagesOfThePipelineStaySmall(t *testing.T) {
	t.Parallel()
	lines, files, examples := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, file := range sourceFiles(t) {
		if !file.test {
			lines[file.pkg] += len(file.lines)
			files[file.pkg]++
			continue
		}
		for _, decl := range file.ast.Decls {
			if f, is := decl.(*ast.FuncDecl); is && strings.HasPrefix(f.Name.Name, "Example") {
				examples[file.pkg] = true
			}
		}
	}
	for _, pkg := range pipeline {
		if n := lines[pkg]; n < fewestLines || n > mostLines {
			t.Errorf("%s has %d lines; a package of the pipeline has %d to %d", pkg, n, fewestLines, mostLines)
		}
		if n := files[pkg]; n > mostFiles {
			t.Errorf("%s has %d files; a package of the pipeline has at most %d", pkg, n, mostFiles)
		}
		if !examples[pkg] {
			t.Errorf("%s has no Example that a reader can run", pkg)
		}
	}
}

func TestReceiversStaySmall(t *testing.T) {
	t.Parallel()
	type receiver struct{ pkg, name string }
	methods, files := map[receiver]int{}, map[receiver]map[string]bool{}
	for _, file := range program(sourceFiles(t)) {
		for _, decl := range file.ast.Decls {
			f, is := decl.(*ast.FuncDecl)
			if !is || f.Recv == nil {
				continue
			}
			r := receiver{file.pkg, receiverName(f.Recv.List[0].Type)}
			if files[r] == nil {
				files[r] = map[string]bool{}
			}
			methods[r]++
			files[r][file.path] = true
		}
	}
	for r, n := range methods {
		if n > mostMethods || len(files[r]) > mostFilesOfReceiver {
			t.Errorf("%s.%s has %d methods in %d files; at most %d in %d", r.pkg, r.name, n, len(files[r]), mostMethods, mostFilesOfReceiver)
		}
	}
}

func receiverName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiverName(e.X)
	case *ast.IndexExpr:
		return receiverName(e.X)
	case *ast.IndexListExpr:
		return receiverName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func TestLinesStayNarrow(t *testing.T) {
	t.Parallel()
	for _, file := range program(sourceFiles(t)) {
		for i, line := range file.lines {
			widest := widestCode
			if strings.HasPrefix(strings.TrimLeft(line, "\t"), "// ") {
				widest = widestPhrase
			}
			if n := utf8.RuneCountInString(line) + (tabWidth-1)*strings.Count(line, "\t"); n > widest && !unbreakable(line) {
				t.Errorf("%s:%d: %d columns, and the limit is %d", file.path, i+1, n, widest)
			}
		}
	}
}

// unbreakable is a line that is one long word, such as a link, a pattern or a table in a comment.
func unbreakable(line string) bool {
	text := strings.TrimLeft(line, "\t")
	return strings.HasPrefix(text, "//go:") || strings.HasPrefix(text, "//\t") || !strings.Contains(strings.TrimPrefix(text, "// "), " ")
}

// A context is for a call: one that is kept in a struct outlives the call for which it was made, and a value in it
// is a parameter that nobody sees.
func TestContextsAreArguments(t *testing.T) {
	t.Parallel()
	for _, file := range program(sourceFiles(t)) {
		ast.Inspect(file.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.StructType:
				for _, field := range n.Fields.List {
					if isSelector(field.Type, "context", "Context") {
						t.Errorf("%s: a context in a struct", file.set.Position(field.Pos()))
					}
				}
			case *ast.CallExpr:
				if isSelector(n.Fun, "context", "WithValue") {
					t.Errorf("%s: a value in a context", file.set.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

func isSelector(e ast.Expr, pkg, name string) bool {
	s, is := e.(*ast.SelectorExpr)
	if !is {
		return false
	}
	x, is := s.X.(*ast.Ident)
	return is && x.Name == pkg && s.Sel.Name == name
}

// fewestKindRows is how many kinds a table names before it counts as a table over kinds.
const fewestKindRows = 5

// A new kind touches one table of a package: what a package knows of each kind stands in one place.
func TestOneTableOverKinds(t *testing.T) {
	t.Parallel()
	tables := map[string][]string{}
	for _, file := range program(sourceFiles(t)) {
		if !slices.Contains(pipeline, file.pkg) {
			continue
		}
		ast.Inspect(file.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit, *ast.SwitchStmt:
				if kindsNamed(n) >= fewestKindRows {
					tables[file.pkg] = append(tables[file.pkg], file.set.Position(n.Pos()).String())
					return false
				}
			}
			return true
		})
	}
	for pkg, places := range tables {
		if len(places) > 1 {
			t.Errorf("%s has %d tables over kinds: %s", pkg, len(places), strings.Join(places, ", "))
		}
	}
}

// kindsNamed counts the kinds that stand in the rows or cases of a table.
func kindsNamed(n ast.Node) int {
	kinds := map[string]bool{}
	note := func(e ast.Expr) {
		ast.Inspect(e, func(n ast.Node) bool {
			if s, is := n.(*ast.SelectorExpr); is && isSelector(s, "spec", s.Sel.Name) && strings.HasPrefix(s.Sel.Name, "Kind") {
				kinds[s.Sel.Name] = true
			}
			return true
		})
	}
	switch n := n.(type) {
	case *ast.CompositeLit:
		for _, row := range n.Elts {
			note(row)
		}
	case *ast.SwitchStmt:
		for _, c := range n.Body.List {
			for _, e := range c.(*ast.CaseClause).List {
				note(e)
			}
		}
	}
	return len(kinds)
}
