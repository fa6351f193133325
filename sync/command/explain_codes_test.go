package command

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"makesync/schema"
	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/help"
)

// Whatever code an output prints, somebody will ask for: each rule, guard, reason, check and exit
// has a row in a topic, by which `explain` answers. The codes are read off the program itself.
func TestEveryCodeIsExplained(t *testing.T) {
	t.Parallel()
	codes := codesOfProgram(t, "../..")
	if len(codes) < 150 {
		t.Errorf("only %d codes were found; the search is broken", len(codes))
	}
	for _, must := range []string{"unknown-key", "pattern-matches-nothing", "wrong-zone", "single-admin", "scopes", "maxDeletes",
		"already-done", "plan-digest", "licence", "subscription-cancelled", "tfa", "billing"} {
		if codes[must] == "" {
			t.Errorf("the search does not find %s", must)
		}
	}
	for _, code := range exit.Codes() {
		codes[code.Name], codes[strconv.Itoa(code.Code)] = "sync/exit", "sync/exit"
	}
	codes["exit"] = "the last line of every text"
	for code, where := range codes {
		if len(help.Explain(code)) == 0 {
			t.Errorf("makesync explain %s says nothing; %s prints it", code, where)
		}
	}
}

// codeTypes are the named types whose constants are codes that outputs print.
var codeTypes = []string{"ReasonCode", "StepOutcome", "Op", "Risk", "Origin", "RunStatus", "CheckState", "Severity",
	"PolicySeverity", "Presence", "Verdict"}

var codeForm = regexp.MustCompile(`^[a-zA-Z][a-zA-Z-]+$`)

// codesOfProgram are the codes, each with a file that has it: what a field Rule, Guard or Name of a
// Check is set to, what is given for a parameter named rule or guard, constants that are named
// Rule… or rule…, and those of codeTypes.
func codesOfProgram(t *testing.T, root string) map[string]string {
	t.Helper()
	s := codeSearch{codes: map[string]string{}, constants: map[string]string{}, parameters: map[string][]int{}}
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		for _, other := range []string{"/sandbox/", "/bench/", "/zonetest/", "/plantest/", "/testdata/", "/policy/"} {
			if strings.Contains(path, other) {
				return nil
			}
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		s.files, s.paths = append(s.files, file), append(s.paths, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.files {
		s.declarations(i)
	}
	for i := range s.files {
		s.uses(i)
	}
	return s.codes
}

type codeSearch struct {
	files            []*ast.File
	paths            []string
	codes, constants map[string]string
	parameters       map[string][]int // by the name of a function: the places of its rule or guard
}

func (s *codeSearch) declarations(i int) {
	ast.Inspect(s.files[i], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			s.constant(i, n)
		case *ast.FuncDecl:
			at := 0
			for _, field := range n.Type.Params.List {
				for _, name := range field.Names {
					if name.Name == "rule" || name.Name == "guard" {
						s.parameters[n.Name.Name] = append(s.parameters[n.Name.Name], at)
					}
					at++
				}
			}
		}
		return true
	})
}

func (s *codeSearch) constant(i int, n *ast.ValueSpec) {
	typ, _ := n.Type.(*ast.Ident)
	for j, name := range n.Names {
		if j >= len(n.Values) {
			return
		}
		value, ok := n.Values[j].(*ast.BasicLit)
		if !ok || value.Kind != token.STRING {
			continue
		}
		s.constants[name.Name] = value.Value
		isRule := strings.HasPrefix(name.Name, "Rule") || strings.HasPrefix(name.Name, "rule")
		if isRule || typ != nil && slices.Contains(codeTypes, typ.Name) {
			s.add(i, value)
		}
	}
}

func (s *codeSearch) uses(i int) {
	ast.Inspect(s.files[i], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			s.literal(i, n)
		case *ast.CallExpr:
			name := ""
			switch f := n.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			for _, at := range s.parameters[name] {
				if at < len(n.Args) {
					s.add(i, n.Args[at])
				}
			}
		}
		return true
	})
}

// literal: the fields by name, and tables of guards and checks without names.
func (s *codeSearch) literal(i int, n *ast.CompositeLit) {
	typ := ""
	switch of := n.Type.(type) {
	case *ast.Ident:
		typ = of.Name
	case *ast.SelectorExpr:
		typ = of.Sel.Name
	}
	for _, element := range n.Elts {
		pair, named := element.(*ast.KeyValueExpr)
		if !named {
			continue
		}
		key, _ := pair.Key.(*ast.Ident)
		if key != nil && (key.Name == "Rule" || key.Name == "Guard" || key.Name == "Name" && typ == "Check") {
			s.add(i, pair.Value)
		}
	}
	table := strings.Contains(s.paths[i], "/guard/") || strings.HasSuffix(s.paths[i], "/fleet/attention.go") ||
		strings.HasSuffix(s.paths[i], "/fleet/check.go")
	if table && len(n.Elts) > 1 && n.Type == nil {
		s.add(i, n.Elts[0])
	}
}

func (s *codeSearch) add(i int, value ast.Expr) {
	text := ""
	switch v := value.(type) {
	case *ast.BasicLit:
		text = v.Value
	case *ast.Ident:
		text = s.constants[v.Name]
	case *ast.SelectorExpr:
		text = s.constants[v.Sel.Name]
	}
	if code, err := strconv.Unquote(text); err == nil && codeForm.MatchString(code) {
		s.codes[code] = filepath.ToSlash(s.paths[i])
	}
}

// TestWordSchema: the JSON of every word, of a policy and of a word in another case is what the
// published schema says.
func TestWordSchema(t *testing.T) {
	t.Parallel()
	form, _ := schema.Named("word")
	for _, word := range append(help.Words(), "policy:no-interns", "MAXDELETES", "4") {
		result := explainWord(word)
		if result == nil {
			t.Errorf("nobody knows %q", word)
			continue
		}
		var b bytes.Buffer
		if err := result.json(&b); err != nil {
			t.Fatal(err)
		}
		for _, problem := range spec.Check(form, b.Bytes()) {
			t.Errorf("%s: %s: %s\n%s", word, problem.Path, problem.Message, &b)
		}
		for _, part := range []string{`"format"`, `"entries"`, `"topic"`} {
			if broken := bytes.Replace(b.Bytes(), []byte(part), []byte(`"other"`), 1); len(spec.Check(form, broken)) == 0 {
				t.Errorf("%s: the schema takes a document without its %s", word, part)
			}
		}
	}
}
