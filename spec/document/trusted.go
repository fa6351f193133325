package document

import (
	"strconv"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// Trusted is what the files of --guards say: rules that stand outside of the documents, which can
// only tighten them. Where several files state a guard, the strictest holds.
type Trusted struct {
	stated    statedGuards
	sensitive []writtenGlob
	policies  []Policies // of the files, in their order
	paths     []string   // as they were named
	files     []*source  // those that could be read
}

// GuardsVersion is what every trusted file begins with.
const GuardsVersion = "makesync-guards/v1"

// trustedPart is what one trusted file says.
type trustedPart struct {
	hasVersion bool
	guards     writtenGuards
	sensitive  []scalar
	policies   Policies
}

var trustedFields = fields[trustedPart]{
	"apiVersion": readGuardsVersion,
	"guards": func(d *decoder, p *trustedPart, n *yaml.Node, t *keyPath) {
		decodeFields(d, n, t, trustedGuardFields, false, &p.guards)
	},
	"sensitive": func(d *decoder, p *trustedPart, n *yaml.Node, t *keyPath) {
		p.sensitive = decodePatterns(d, n, t, spec.PatternOfVariables)
	},
	"policies": func(d *decoder, p *trustedPart, n *yaml.Node, t *keyPath) { p.policies = readPolicies(d, n, t) },
}

func readGuardsVersion(d *decoder, p *trustedPart, n *yaml.Node, t *keyPath) {
	p.hasVersion = true
	if s, ok := d.text(n, t); ok && s.text != GuardsVersion {
		d.report(ruleAPIVersion, follow(n), t, "this makesync does not read apiVersion "+text.Backquote(s.text)+
			" as guards", "write `apiVersion: "+GuardsVersion+"`")
	}
}

// LoadTrusted reads the files that --guards names. Each is one YAML or JSON document; all their
// mistakes are reported, sorted. Trusted is nil when there is no file, and never when there is one.
func LoadTrusted(paths []string) (*Trusted, []spec.Problem) {
	if len(paths) == 0 {
		return nil, nil
	}
	trusted := &Trusted{stated: newStatedGuards(), paths: paths}
	var problems []spec.Problem
	for _, path := range paths {
		file, nodes, more := readTrusted(path)
		problems = append(problems, more...)
		if file != nil {
			trusted.files = append(trusted.files, file)
		}
		d := &decoder{file: file}
		for _, root := range nodes {
			trusted.add(decodeTrusted(d, root))
		}
		problems = append(problems, d.found()...)
	}
	problems = spec.LimitProblems(problems)
	addExcerpts(trusted.files, problems)
	return trusted, problems
}

func readTrusted(path string) (*source, []*yaml.Node, []spec.Problem) {
	file, problem := openSource(path)
	if problem != nil {
		if problem.Rule == ruleMissingFile {
			problem.Hint = "name the file of guards with --guards or MAKESYNC_GUARDS"
		}
		return nil, nil, []spec.Problem{*problem}
	}
	file.trusted = true
	nodes, problems := parseAll(file)
	if len(problems) == 0 && len(nodes) != 1 {
		problems = append(problems, newProblem(ruleEmptyDocument, at{file, 1, 1}, nil,
			"a file of guards holds one document, and this one holds "+strconv.Itoa(len(nodes)),
			"write `apiVersion: "+GuardsVersion+"` and guards into one document"))
	}
	return file, nodes, problems
}

// decodeTrusted decodes the document of a trusted file.
func decodeTrusted(d *decoder, root *yaml.Node) trustedPart {
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	var p trustedPart
	if decodeFields(d, root, nil, trustedFields, false, &p) && !p.hasVersion {
		d.report(ruleAPIVersion, root, nil, "the file has no apiVersion",
			"begin it with `apiVersion: "+GuardsVersion+"`")
	}
	return p
}

func (t *Trusted) add(p trustedPart) {
	t.stated.strictest(p.guards)
	for _, s := range p.sensitive {
		t.sensitive = append(t.sensitive, writtenGlob{s.at, mustGlob(s.text)})
	}
	if p.policies.List != nil {
		t.policies = append(t.policies, p.policies)
	}
}

// limits are the limits that hold for documents: the stated ones, else the defaults.
func (t *Trusted) limits() map[string]string {
	limits := defaultLimits()
	for name, value := range t.stated.texts() {
		limits[name] = value
	}
	return limits
}

// cut tells of a guard that a document wants weaker than the trusted files have it.
func (t *Trusted) cut(name string, asked scalar, holds string) spec.Problem {
	where, line := "by default", limitLine(name, asked.text)
	stated, ok := t.stated.limits[name]
	file := t.paths[0]
	if ok {
		where, file = "at "+stated.source().String(), stated.file.path
	}
	p := newProblem(ruleGuardCut, asked.at, nil,
		"`guards."+name+"` is "+asked.text+" here, and "+holds+" holds, "+where,
		"to allow it, write `"+line+"` into "+text.Clean(file)+"; else remove the line here")
	p.Path, p.Related = "guards."+name, stated.pointer()
	return p
}

// limitLine is the line of a file that states a limit: guards: {maxDeletes: {variable: 20}}.
func limitLine(name, value string) string {
	guard, of, nested := cutLast(name)
	if nested {
		return limitLine(guard, "{"+of+": "+value+"}")
	}
	return "guards: {" + guard + ": " + value + "}"
}

// cutLast cuts a text at its last dot.
func cutLast(s string) (before, after string, found bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
