package document

import (
	"go.yaml.in/yaml/v3"

	"makesync/spec"
	"makesync/spec/text"
)

// part is what one YAML document says.
type part struct {
	zone          scalar
	zones         []writtenZone
	guards        writtenGuards
	sensitive     []scalar
	policies      Policies
	profiles      []*layer
	organizations []*layer
	hasVersion    bool
}

// writtenZone is one entry of zones.
type writtenZone struct {
	at
	name             string
	url, host, token scalar
	sandbox          *writtenSandbox
	broken           bool // something in it has been told to be wrong
}

type writtenSandbox struct{ seed, state scalar }

var documentFields = fields[part]{
	"apiVersion": readVersion,
	"zone":       func(d *decoder, p *part, n *yaml.Node, t *keyPath) { p.zone, _ = d.text(n, t) },
	"zones":      readZones,
	"guards": func(d *decoder, p *part, n *yaml.Node, t *keyPath) {
		decodeFields(d, n, t, guardFields, false, &p.guards)
	},
	"sensitive":     readSensitive,
	"policies":      func(d *decoder, p *part, n *yaml.Node, t *keyPath) { p.policies = readPolicies(d, n, t) },
	"profiles":      readProfiles,
	"organizations": readOrganizations,
}

func readSensitive(d *decoder, p *part, n *yaml.Node, t *keyPath) {
	p.sensitive = decodePatterns(d, n, t, spec.PatternOfVariables)
}

func readProfiles(d *decoder, p *part, n *yaml.Node, t *keyPath) {
	p.profiles = decodeLayers(d, n, t, true)
}

func readOrganizations(d *decoder, p *part, n *yaml.Node, t *keyPath) {
	p.organizations = decodeLayers(d, n, t, false)
}

// APIVersion is what every document begins with.
const APIVersion = "makesync/v1"

func readVersion(d *decoder, p *part, n *yaml.Node, t *keyPath) {
	p.hasVersion = true
	s, ok := d.text(n, t)
	if ok && s.text != APIVersion {
		d.report(ruleAPIVersion, follow(n), t, "this makesync does not read apiVersion "+text.Backquote(s.text),
			"write `apiVersion: "+APIVersion+"`")
	}
}

// decodeDocument decodes one YAML document.
func decodeDocument(d *decoder, root *yaml.Node) *part {
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	if isNull(follow(root)) {
		d.report(ruleEmptyDocument, root, nil, "the document is empty",
			"write `apiVersion: "+APIVersion+"` and organizations, or remove it")
		return nil
	}
	p := &part{}
	if !decodeFields(d, root, nil, documentFields, false, p) {
		return nil
	}
	if !p.hasVersion {
		d.report(ruleAPIVersion, root, nil, "the document has no apiVersion", "begin it with `apiVersion: "+APIVersion+
			"`")
	}
	for _, l := range p.organizations {
		l.zoneOfDoc = p.zone
	}
	return p
}

// decodeLayers reads a mapping of organizations or profiles.
func decodeLayers(d *decoder, n *yaml.Node, t *keyPath, isProfile bool) []*layer {
	if isNull(follow(n)) {
		d.nullProblem(follow(n), t, "write {} for none, or remove the line")
		return nil
	}
	var out []*layer
	d.eachWithDuplicates(n, t, func(key, value *yaml.Node, t *keyPath) {
		if !d.file.reading.takeOrganization() {
			return
		}
		if !spec.IsKey(key.Value) {
			d.report(ruleOrganizationKey, key, t, text.BackquoteKey(key.Value)+" cannot be a key",
				"use a to z, 0 to 9 and -, at most 64 characters; the name goes into `name`")
		}
		l := &layer{at: d.at(key), key: key.Value, isProfile: isProfile}
		if decodeLayer(d, l, value, t) || isProfile {
			out = append(out, l) // a profile that is told to be wrong is declared all the same
		}
	}, func(key, value *yaml.Node, t *keyPath) {
		decodeLayer(d, &layer{at: d.at(key), key: key.Value, isProfile: isProfile}, value, t) // for its mistakes
	})
	return out
}

func decodeLayer(d *decoder, l *layer, n *yaml.Node, t *keyPath) bool {
	if isNull(follow(n)) {
		d.nullProblem(follow(n), t, "write {} when nothing is to be said, or remove the line")
		return false
	}
	if !l.isProfile {
		l.extensions = readExtensions(d, n)
		return decodeFields(d, n, t, organizationFields, true, l)
	}
	before := d.templates
	d.profile = true
	ok := decodeFields(d, withoutOwn(d, n, t), t, sharedFields, true, l)
	d.profile, l.template = false, d.templates > before
	return ok
}

// withoutOwn tells a profile's keys that only an organization can have, and gives the mapping
// without them.
func withoutOwn(d *decoder, n *yaml.Node, t *keyPath) *yaml.Node {
	node := follow(n)
	if node.Kind != yaml.MappingNode {
		return n
	}
	rest := *node
	rest.Content = nil
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := follow(node.Content[i])
		if key.Kind == yaml.ScalarNode && ownFields[key.Value] != nil {
			d.report(ruleProfileKey, key, t.child(key.Value), "a profile cannot hold "+text.Backquote(key.Value),
				"write it in the organization")
			continue
		}
		rest.Content = append(rest.Content, node.Content[i], node.Content[i+1])
	}
	return &rest
}

var zoneFields = fields[writtenZone]{
	"url":     zoneText(func(z *writtenZone) *scalar { return &z.url }),
	"host":    zoneText(func(z *writtenZone) *scalar { return &z.host }),
	"token":   readToken,
	"sandbox": readSandbox,
}

var sandboxFields = fields[writtenSandbox]{
	"seed":  sandboxText(func(s *writtenSandbox) *scalar { return &s.seed }),
	"state": sandboxText(func(s *writtenSandbox) *scalar { return &s.state }),
}

// requiredText makes a row that reads a text which may not be null or empty.
func requiredText[T any](get func(*T) *scalar) func(*decoder, *T, *yaml.Node, *keyPath) {
	return func(d *decoder, out *T, n *yaml.Node, t *keyPath) {
		s, ok := d.text(n, t)
		*get(out) = checkFilled(d, s, ok, n, t)
	}
}

// checkFilled tells of a text that is empty.
func checkFilled(d *decoder, s scalar, ok bool, n *yaml.Node, t *keyPath) scalar {
	if !ok || s.text != "" {
		return s
	}
	d.report(ruleUnknownValue, follow(n), t, text.Backquote(t.key)+" is an empty text",
		"write a value, or remove the line")
	return d.broken(n)
}

func readToken(d *decoder, z *writtenZone, n *yaml.Node, t *keyPath) {
	s, ok := d.value(n, t, "a text", formText)
	z.token = checkFilled(d, s, ok, n, t)
}

func zoneText(get func(*writtenZone) *scalar) func(*decoder, *writtenZone, *yaml.Node, *keyPath) {
	return requiredText(get)
}

func sandboxText(get func(*writtenSandbox) *scalar) func(*decoder, *writtenSandbox, *yaml.Node, *keyPath) {
	return requiredText(get)
}

func readSandbox(d *decoder, z *writtenZone, n *yaml.Node, t *keyPath) {
	if isNull(follow(n)) {
		d.nullProblem(follow(n), t, "write {} for a sandbox with its default state")
		z.sandbox = &writtenSandbox{}
		return
	}
	z.sandbox = &writtenSandbox{}
	decodeFields(d, n, t, sandboxFields, false, z.sandbox)
}

func readZones(d *decoder, p *part, n *yaml.Node, t *keyPath) {
	d.each(n, t, func(key, value *yaml.Node, t *keyPath) {
		if !isZoneName(key.Value) {
			d.report(ruleUnknownValue, key, t, text.BackquoteKey(key.Value)+" cannot be the name of a zone",
				"use letters, digits, - and _")
		}
		z := writtenZone{at: d.at(key), name: key.Value}
		before := d.count()
		if decodeFields(d, value, t, zoneFields, false, &z) {
			checkZone(d, z, t)
		}
		z.broken = d.count() > before
		p.zones = append(p.zones, z)
	})
}

func isZoneName(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return s != "" && len(s) <= 64
}
