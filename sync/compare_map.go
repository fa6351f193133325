package sync

import (
	"strings"

	"makesync/spec"
	"makesync/spec/document"
)

// MapNames looks at a side through a migration's map: organizations, people,
// roles and controls get the names that they have in the target, and what the map leaves behind is
// left out. So what a migration changed on purpose is no difference.
func MapNames(organizations []FlatOrganization, m document.MigrationMap) []FlatOrganization {
	var mapped []FlatOrganization
	for i := range organizations {
		flat := &organizations[i]
		decided := document.MappedOrganization{}
		for _, d := range m.Organizations {
			if matchesOrganization(d.From, flat.Key, flat.Name, flat.ID) {
				decided = d
			}
		}
		if !decided.Skip {
			mapped = append(mapped, flat.mapped(&m, decided))
		}
	}
	return mapped
}

// mapped is the flat organization as the map has it in the target.
func (s *FlatOrganization) mapped(m *document.MigrationMap, decided document.MappedOrganization) FlatOrganization {
	out := *s
	out.Objects = map[ObjectID]map[string]FlatField{}
	if decided.Key != "" {
		out.Key = decided.Key
	}
	if decided.Name != "" {
		out.Name = decided.Name
	}
	for id, fields := range s.Objects {
		switch id.Kind {
		case spec.KindOrganization:
			fields = decidedFields(fields, decided)
		case spec.KindMember:
			email, _ := mapEmail(m, id.Name)
			if email == "" {
				continue
			}
			id.Name, fields = email, mappedField(fields, "role", m.Roles)
		case spec.KindOwner:
			email, _ := mapEmail(m, fields["owner"].Side.Value().Reveal())
			fields = map[string]FlatField{"owner": {Side: Text(email)}}
		case spec.KindFeatureControl:
			id.Name = replaced(id.Name, m.FeatureControls)
		}
		out.Objects[id] = fields
	}
	return out
}

func decidedFields(fields map[string]FlatField, decided document.MappedOrganization) map[string]FlatField {
	out := map[string]FlatField{}
	for path, field := range fields {
		out[path] = field
	}
	if decided.Name != "" {
		out["name"] = FlatField{Side: Text(normalName(decided.Name))}
	}
	for path, text := range map[string]string{"country": decided.Country, "timezone": decided.Timezone} {
		if text != "" {
			out[path] = FlatField{Side: Text(text), Unknown: "the map chooses it for the target"}
		}
	}
	return out
}

func mappedField(fields map[string]FlatField, path string, by []document.MappedText) map[string]FlatField {
	field, there := fields[path]
	if !there {
		return fields
	}
	out := map[string]FlatField{}
	for p, c := range fields {
		out[p] = c
	}
	out[path] = ignoreCase(replaced(field.Side.Value().Reveal(), by))
	return out
}

// replaced is the text that a map puts in the place of another one.
func replaced(text string, by []document.MappedText) string {
	for _, r := range by {
		if strings.EqualFold(r.From, text) || FoldName(r.From) == FoldName(text) {
			return r.To
		}
	}
	return text
}
