package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which of our packages each may import. What is not listed here is a new room,
// and belongs into this table and into CONTRIBUTING.md.
var mayImport = map[string][]string{
	"schema":        {},
	"spec":          {"schema", "spec/text"},
	"spec/document": {"schema", "spec", "spec/text"},
	"spec/text":     {},
	"sync":          {"schema", "spec", "spec/document", "spec/text"},
	"sync/makeapi":  {"spec", "spec/text", "sync"},
	"sync/history":  {"spec", "spec/text", "sync"},
	"sync/render":   {"spec", "spec/document", "spec/text", "sync"},
	"sync/sandbox":  {},
	"sync/e2e":      {},
	"sync/command": {"schema", "spec", "spec/document", "spec/text", "sync",
		"sync/makeapi", "sync/history", "sync/render", "sync/sandbox"},
	".": {"sync", "sync/command"},
}

// homes are the libraries that only one package may use.
var homes = map[string]string{
	"sigs.k8s.io/yaml":                "spec/document",
	"go.yaml.in/yaml/":                "spec/document",
	"github.com/xeipuuv/gojsonschema": "spec",
	"github.com/r3labs/diff/":         "sync",
	"github.com/urfave/cli/":          "sync/command",
	"golang.org/x/sync/errgroup":      "spec", // spec.Group hands panics on; a bare one prints what may be a secret
}

// sourceFile is one Go file of the product, parsed as far as a test wants.
type sourceFile struct {
	pkg, path string
	ast       *ast.File
}

// productFiles parses every Go file that is part of the program: no tests, no testdata.
func productFiles(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == filepath.Join("sync", "bench"): // a program of its own, which measures
			return fs.SkipDir
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules" || len(path) > 1 && entry.Name()[0] == '.'):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
		files = append(files, sourceFile{filepath.ToSlash(filepath.Dir(path)), path, file})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, file := range productFiles(t) {
		allowed, known := mayImport[file.pkg]
		if !known {
			t.Errorf("%s: the package %s is in no rule", file.path, file.pkg)
		}
		seen[file.pkg] = true
		for _, spec := range file.ast.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
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
		if !slices.Contains(allowed, ours) {
			t.Errorf("%s must not import %s", file.path, ours)
		}
		return
	}
	for library, home := range homes {
		if strings.HasPrefix(path, library) && file.pkg != home {
			t.Errorf("%s: only %s may import %s", file.path, home, path)
		}
	}
	if path == "os/exec" {
		t.Errorf("%s must start no process: its arguments could be read by everybody on the machine", file.path)
	}
	if external := strings.Contains(strings.SplitN(path, "/", 2)[0], "."); external && file.pkg == "sync/sandbox" {
		t.Errorf("%s: the sandbox uses the standard library only, not %s", file.path, path)
	}
}

func TestOnlyMakeapiIsAnHTTPClient(t *testing.T) {
	t.Parallel()
	for _, file := range productFiles(t) {
		if file.pkg == "sync/makeapi" || file.pkg == "sync/sandbox" || file.pkg == "sync/command" {
			continue
		}
		for _, spec := range file.ast.Imports {
			if spec.Path.Value == `"net/http"` {
				t.Errorf("%s must not import net/http", file.path)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	for _, file := range productFiles(t) {
		said[file.pkg] += file.ast.Doc.Text()
	}
	for pkg, doc := range said {
		begins := "Package " + filepath.Base(pkg) + " "
		if pkg == "." {
			begins = "Command makesync "
		}
		if !strings.HasPrefix(doc, begins) {
			t.Errorf("the comment of package %s begins with %.40q, want %q", pkg, doc, begins)
		}
	}
}
