package document

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

type mapPart struct{ m spec.MigrationMap }

type mappedFields struct {
	name, key, id, region, country, timezone, skip scalar
}

var mapFields = fields[mapPart]{
	"apiVersion": func(d *decoder, _ *mapPart, n *yaml.Node, t *keyPath) { readVersion(d, &part{}, n, t) },
	"region": func(d *decoder, p *mapPart, n *yaml.Node, t *keyPath) {
		if s, ok := d.typed(n, t, wantName, formText, formNumber); ok {
			p.m.Region = s.text
		}
	},
	"organizations": readMappedOrganizations,
	"emails": func(d *decoder, p *mapPart, n *yaml.Node, t *keyPath) {
		p.m.Emails = decodeReplacements(d, n, t, true)
		for i := range p.m.Emails {
			p.m.Emails[i].From, p.m.Emails[i].To = spec.NormalEmail(p.m.Emails[i].From),
				spec.NormalEmail(p.m.Emails[i].To)
		}
	},
	"roles": func(d *decoder, p *mapPart, n *yaml.Node, t *keyPath) { p.m.Roles = decodeReplacements(d, n, t, false) },
	"featureControls": func(d *decoder, p *mapPart, n *yaml.Node, t *keyPath) {
		p.m.FeatureControls = decodeReplacements(d, n, t, false)
	},
}

func mappedField(get func(*mappedFields) *scalar, want string,
	forms ...form) func(*decoder, *mappedFields, *yaml.Node, *keyPath) {
	return func(d *decoder, out *mappedFields, n *yaml.Node, t *keyPath) {
		if s, ok := d.typed(n, t, want, forms...); ok {
			*get(out) = s
		}
	}
}

var mappedOrganizationFields = fields[mappedFields]{
	"name":     mappedField(func(m *mappedFields) *scalar { return &m.name }, "a text", formText),
	"key":      mappedField(func(m *mappedFields) *scalar { return &m.key }, "a text", formText),
	"id":       mappedField(func(m *mappedFields) *scalar { return &m.id }, "a number", formNumber),
	"region":   mappedField(func(m *mappedFields) *scalar { return &m.region }, wantName, formText, formNumber),
	"country":  mappedField(func(m *mappedFields) *scalar { return &m.country }, wantName, formText, formNumber),
	"timezone": mappedField(func(m *mappedFields) *scalar { return &m.timezone }, wantName, formText, formNumber),
	"skip":     mappedField(func(m *mappedFields) *scalar { return &m.skip }, "a boolean", formBoolean),
}

func readMappedOrganizations(d *decoder, p *mapPart, n *yaml.Node, t *keyPath) {
	d.each(n, t, func(key, value *yaml.Node, t *keyPath) {
		o := spec.MappedOrganization{From: key.Value, Source: d.at(key).source()}
		if node := follow(value); node.Kind == yaml.ScalarNode {
			s, ok := d.text(value, t)
			o.Name = s.text
			if !ok {
				return
			}
		} else if !decodeMappedOrganization(d, &o, value, t) {
			return
		}
		if why := spec.RefusedName(o.Name); o.Name != "" && why != "" {
			d.report(ruleOrganizationName, value, t, "Make refuses the name "+text.Backquote(o.Name)+": "+why, nameHint)
		}
		p.m.Organizations = append(p.m.Organizations, o)
	})
}

func decodeMappedOrganization(d *decoder, o *spec.MappedOrganization, n *yaml.Node, t *keyPath) bool {
	var f mappedFields
	if !decodeFields(d, n, t, mappedOrganizationFields, false, &f) {
		return false
	}
	o.Name, o.Key, o.Region, o.Country, o.Timezone, o.Skip = f.name.text, f.key.text, f.region.text, f.country.text,
		f.timezone.text, f.skip.isTrue()
	if o.Key != "" && !spec.IsKey(o.Key) {
		d.report(ruleOrganizationKey, n, t, text.Backquote(o.Key)+" cannot be a key",
			"use a to z, 0 to 9 and -, at most 64 characters")
	}
	if f.id.isSet() {
		id, ok := parseID(f.id.text)
		if !ok {
			d.report(ruleUnknownValue, n, t, "an id is a whole number above zero",
				"write the id that Make shows in the target zone")
		}
		o.ID = id
	}
	return true
}

func parseID(text string) (int64, bool) {
	whole, ok := spec.WholeNumber(text)
	if !ok || len(whole) > 15 || whole == "0" || whole[0] == '-' {
		return 0, false
	}
	var id int64
	for _, c := range whole {
		id = id*10 + int64(c-'0')
	}
	return id, true
}

// decodeReplacements reads a mapping of texts to texts; with nulls, an empty one means "not at
// all".
func decodeReplacements(d *decoder, n *yaml.Node, t *keyPath, emails bool) []spec.MappedText {
	var out []spec.MappedText
	d.each(n, t, func(key, value *yaml.Node, t *keyPath) {
		r := spec.MappedText{From: key.Value, Source: d.at(key).source()}
		if emails && isNull(follow(value)) {
			out = append(out, r)
			return
		}
		s, ok := d.text(value, t)
		if !ok {
			return
		}
		if r.To = s.text; emails && !fitsEmail(r.From, r.To) {
			d.report(ruleEmail, value, t, text.Backquote(r.From)+": "+text.Backquote(r.To)+
				" replaces no e-mail by an e-mail",
				"write two addresses, two domains (\"*@old.example\": \"*@new.example\"), or null")
			return
		}
		out = append(out, r)
	})
	return out
}

// fitsEmail tells whether a replacement is of an address by an address, or of a domain by a domain.
func fitsEmail(from, to string) bool {
	fromDomain, wild := strings.CutPrefix(from, "*@")
	toDomain, wildTo := strings.CutPrefix(to, "*@")
	if wild || wildTo {
		return wild == wildTo && spec.AcceptsEmail("a@"+fromDomain) && spec.AcceptsEmail("a@"+toDomain)
	}
	return spec.AcceptsEmail(from) && spec.AcceptsEmail(to)
}

// LoadMigrationMap reads a map file. Every mistake is reported, each at its position.
func LoadMigrationMap(path string) (spec.MigrationMap, []spec.Problem) {
	file := &source{path: path, json: strings.HasSuffix(path, ".json")}
	data, problem := readDocument(path)
	if problem != nil {
		return spec.MigrationMap{}, []spec.Problem{*problem}
	}
	file.data = data
	nodes, problems := parseAll(file)
	d := &decoder{file: file, problems: problems}
	var p mapPart
	switch {
	case len(nodes) > 1:
		d.report(ruleSyntax, nodes[1], nil, "a map is one YAML document", "put everything into the first one")
	case len(nodes) == 1:
		root := nodes[0]
		if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
			root = root.Content[0]
		}
		if !isNull(follow(root)) {
			decodeFields(d, root, nil, mapFields, false, &p)
		}
	}
	addExcerpts([]*source{file}, d.problems)
	return p.m, spec.SortProblems(d.problems)
}
