package sync

import (
	"strings"

	"makesync/spec"
	"makesync/spec/document"
)

// MapSheets looks at a side through a migration's map: organizations, people,
// roles and controls get the names that they have in the target, and what the map leaves behind is
// left out. So what a migration changed on purpose is no difference.
func MapSheets(sheets []Sheet, m document.MigrationMap) []Sheet {
	var mapped []Sheet
	for i := range sheets {
		sheet := &sheets[i]
		decided := document.MappedOrganization{}
		for _, d := range m.Organizations {
			if means(d.From, sheet.Key, sheet.Name, sheet.ID) {
				decided = d
			}
		}
		if !decided.Skip {
			mapped = append(mapped, sheet.through(&m, decided))
		}
	}
	return mapped
}

// through is the sheet as the map has it in the target.
func (s *Sheet) through(m *document.MigrationMap, decided document.MappedOrganization) Sheet {
	out := *s
	out.Objects = map[ObjectID]map[string]Cell{}
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
			fields = map[string]Cell{"owner": {Side: Text(email)}}
		case spec.KindFeatureControl:
			id.Name = replaced(id.Name, m.FeatureControls)
		}
		out.Objects[id] = fields
	}
	return out
}

func decidedFields(fields map[string]Cell, decided document.MappedOrganization) map[string]Cell {
	out := map[string]Cell{}
	for path, cell := range fields {
		out[path] = cell
	}
	if decided.Name != "" {
		out["name"] = Cell{Side: Text(normalName(decided.Name))}
	}
	for path, text := range map[string]string{"country": decided.Country, "timezone": decided.Timezone} {
		if text != "" {
			out[path] = Cell{Side: Text(text), Unknown: "the map chooses it for the target"}
		}
	}
	return out
}

func mappedField(fields map[string]Cell, path string, by []document.MappedText) map[string]Cell {
	cell, there := fields[path]
	if !there {
		return fields
	}
	out := map[string]Cell{}
	for p, c := range fields {
		out[p] = c
	}
	out[path] = lookAlike(replaced(cell.Side.Value().Reveal(), by))
	return out
}

// replaced is the text that a map puts in the place of another one.
func replaced(text string, by []document.MappedText) string {
	for _, r := range by {
		if strings.EqualFold(r.From, text) || foldName(r.From) == foldName(text) {
			return r.To
		}
	}
	return text
}
