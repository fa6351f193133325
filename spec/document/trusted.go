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
	// Policies are the lists of policies of the files, in their order.
	Policies []Policies
	paths    []string  // as they were named
	files    []*source // those that could be read
}

// Policies is the list under `policies` of one file, as encoding/json would decode it.
type Policies struct {
	// File is where it stands.
	File string
	List []any
	// at are the positions of values, by their paths: policies[3].require.
	at map[string]at
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
	"policies": readPolicies,
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
		t.Policies = append(t.Policies, p.policies)
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

// readPolicies reads a list of policies as plain values; what they mean is read by who judges them.
func readPolicies(d *decoder, p *trustedPart, n *yaml.Node, t *keyPath) {
	p.policies = Policies{File: d.file.path, List: []any{}, at: map[string]at{}}
	d.plainKeys = []string{"on"} // the subject of a policy, and a boolean to YAML 1.1
	defer func() { d.plainKeys = nil }()
	d.list(n, t, func(item *yaml.Node, t *keyPath) {
		p.policies.List = append(p.policies.List, rawValue(d, item, t, p.policies.at))
	})
}

// rawValue is a value as encoding/json decodes it. References and nulls stand for themselves.
func rawValue(d *decoder, n *yaml.Node, t *keyPath, positions map[string]at) any {
	n = follow(n)
	positions[t.String()] = d.at(n)
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		d.each(n, t, func(key, value *yaml.Node, t *keyPath) { m[key.Value] = rawValue(d, value, t, positions) })
		return m
	case yaml.SequenceNode:
		list := []any{}
		d.list(n, t, func(item *yaml.Node, t *keyPath) { list = append(list, rawValue(d, item, t, positions)) })
		return list
	}
	s, ok := d.scalar(n, t, "a text, a number or a boolean")
	switch {
	case !ok || s.form == formNull:
		return nil
	case s.form == formBoolean:
		return s.isTrue()
	case s.form == formNumber:
		number, err := strconv.ParseFloat(decimalText(s.text), 64)
		if err != nil {
			d.report(ruleUnknownValue, n, t, t.name()+" is a number that cannot be read", "write it in decimal digits")
		}
		return number
	}
	return s.text
}

func decimalText(number string) string {
	if canonical, err := spec.Canonical(spec.TypeNumber, number); err == nil {
		return canonical
	}
	return number
}
