package compare

import (
	"strings"

	"makesync/spec"
	"makesync/sync/export"
	"makesync/sync/state"
)

// MapNames looks at a side through a migration's map: organizations, people,
// roles and controls get the names that they have in the target, and what the map leaves behind is
// left out. So what a migration changed on purpose is no difference.
func MapNames(organizations []FlatOrganization, m spec.MigrationMap) []FlatOrganization {
	var mapped []FlatOrganization
	for i := range organizations {
		flat := &organizations[i]
		decided := spec.MappedOrganization{}
		for _, d := range m.Organizations {
			if export.MatchesOrganization(d.From, flat.Key, flat.Name, flat.ID) {
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
func (s *FlatOrganization) mapped(m *spec.MigrationMap, decided spec.MappedOrganization) FlatOrganization {
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
			email, _ := export.MapEmail(m, id.Name)
			if email == "" {
				continue
			}
			id.Name, fields = email, mappedField(fields, "role", m.Roles)
		case spec.KindOwner:
			email, _ := export.MapEmail(m, fields["owner"].Side.Value().Reveal())
			fields = map[string]FlatField{"owner": {Side: state.Text(email)}}
		case spec.KindFeatureControl:
			id.Name = replaced(id.Name, m.FeatureControls)
		}
		out.Objects[id] = fields
	}
	return out
}

func decidedFields(fields map[string]FlatField, decided spec.MappedOrganization) map[string]FlatField {
	out := map[string]FlatField{}
	for path, field := range fields {
		out[path] = field
	}
	if decided.Name != "" {
		out["name"] = FlatField{Side: state.Text(state.NormalName(decided.Name))}
	}
	for path, text := range map[string]string{"country": decided.Country, "timezone": decided.Timezone} {
		if text != "" {
			out[path] = FlatField{Side: state.Text(text), Unknown: "the map chooses it for the target"}
		}
	}
	return out
}

func mappedField(fields map[string]FlatField, path string, by []spec.MappedText) map[string]FlatField {
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
func replaced(text string, by []spec.MappedText) string {
	for _, r := range by {
		if strings.EqualFold(r.From, text) || state.FoldName(r.From) == state.FoldName(text) {
			return r.To
		}
	}
	return text
}
