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
	out.Objects = map[ObjectID]FlatFields{}
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
			owner, _ := fields.at("owner")
			email, _ := export.MapEmail(m, owner.Side.Value().Reveal())
			fields = FlatFields{{"owner", FlatField{Side: state.Text(email)}}}
		case spec.KindFeatureControl:
			id.Name = replaced(id.Name, m.FeatureControls)
		}
		out.Objects[id] = fields
	}
	return out
}

func decidedFields(fields FlatFields, decided spec.MappedOrganization) FlatFields {
	if decided.Name != "" {
		fields = fields.with("name", FlatField{Side: state.Text(state.NormalName(decided.Name))})
	}
	for path, text := range map[string]string{"country": decided.Country, "timezone": decided.Timezone} {
		if text != "" {
			chosen := FlatField{Side: state.Text(text), Unknown: "the map chooses it for the target"}
			fields = fields.with(path, chosen)
		}
	}
	return fields
}

func mappedField(fields FlatFields, path string, by []spec.MappedText) FlatFields {
	field, there := fields.at(path)
	if !there {
		return fields
	}
	return fields.with(path, ignoreCase(replaced(field.Side.Value().Reveal(), by)))
}

// replaced is the text that a map puts in the place of another one.
func replaced(text string, by []spec.MappedText) string {
	for _, r := range by {
		if strings.EqualFold(r.From, text) || spec.FoldName(r.From) == spec.FoldName(text) {
			return r.To
		}
	}
	return text
}
