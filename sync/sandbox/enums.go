package sandbox

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// Enums are the lists by which ids of countries, time zones, locales and
// languages are looked up. Of the built-in ones, enums.json, the countries 4 to 6
// and the time zones 113 (Europe/Prague) and 164 (Europe/Rome) have Make's ids;
// the others are made up, and the offsets are those of winter: look ids up.
type Enums struct {
	Countries []Country  `json:"countries,omitempty"`
	Timezones []Timezone `json:"timezones,omitempty"`
	Locales   []Locale   `json:"locales,omitempty"`
	Languages []Language `json:"languages,omitempty"`
}

// Country is an entry of GET /enums/countries: code1 has three upper-case letters,
// code2 two lower-case ones (published in an example).
type Country struct {
	ID    int    `json:"id"`
	Name  string `json:"name"`
	Code1 string `json:"code1"`
	Code2 string `json:"code2"`
}

// Timezone is an entry of GET /enums/timezones; the offset is written as +0100.
type Timezone struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Code   string `json:"code"`
	Offset string `json:"offset"`
}

// Locale is an entry of GET /enums/locales.
type Locale struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
	Code string `json:"code"`
}

// Language is an entry of GET /enums/languages.
type Language struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

//go:embed enums.json
var enumsJSON []byte

var builtinEnums = sync.OnceValue(func() *Enums {
	e := &Enums{}
	if err := strict(enumsJSON, e); err != nil {
		panic("sandbox: enums.json: " + err.Error())
	}
	return e
})

// enums returns the zone's lists, the built-in ones where it has none of its own.
func (z *Zone) enums() *Enums {
	if z.Enums == nil {
		return builtinEnums()
	}
	e := *z.Enums
	if e.Countries == nil {
		e.Countries = builtinEnums().Countries
	}
	if e.Timezones == nil {
		e.Timezones = builtinEnums().Timezones
	}
	return &e
}

// resolve turns names and codes into ids, and fills in CZ and Europe/Prague. An
// id that the list does not have is kept, as Make's own data may have one.
func (e *Enums) resolve(country, timezone *Ref) error {
	if *country == (Ref{}) {
		country.Name = "CZ"
	}
	if *timezone == (Ref{}) {
		timezone.Name = "Europe/Prague"
	}
	for _, c := range e.Countries {
		if is(country.Name, c.Name, c.Code1, c.Code2) {
			*country = Ref{ID: c.ID}
		}
	}
	for _, t := range e.Timezones {
		if is(timezone.Name, t.Name, t.Code) {
			*timezone = Ref{ID: t.ID}
		}
	}
	if country.Name != "" || timezone.Name != "" {
		return fmt.Errorf("no country or time zone %q", country.Name+timezone.Name)
	}
	return nil
}

func is(name string, spellings ...string) bool {
	for _, s := range spellings {
		if name != "" && strings.EqualFold(name, s) {
			return true
		}
	}
	return false
}

func (e *Enums) country(id int) *Country {
	for i := range e.Countries {
		if e.Countries[i].ID == id {
			return &e.Countries[i]
		}
	}
	return nil
}

func (e *Enums) timezone(id int) *Timezone {
	for i := range e.Timezones {
		if e.Timezones[i].ID == id {
			return &e.Timezones[i]
		}
	}
	return nil
}

// enum makes the operation GET /enums/... that answers {name: list}.
func enum[T any](name string, list func(*call) T) func(*call) (any, error) {
	return func(c *call) (any, error) {
		b, err := json.Marshal(list(c))
		return object{{name, json.RawMessage(b)}}, err
	}
}

// countries: GET /enums/countries. Under which key the three-letter code comes is a switch.
func countries(c *call) (any, error) {
	rows := []object{}
	for _, x := range c.zone.enums().Countries {
		row := object{{"id", x.ID}, {"name", x.Name}}
		if key := c.w.switchValue("country-codes"); key != "none" {
			row = append(row, field{key, x.Code1})
		}
		rows = append(rows, append(row, field{"code2", x.Code2}))
	}
	return object{{"countries", rows}}, nil
}

// regions lists the regions of all zones of the world, each once.
func regions(c *call) []Region {
	list, seen := []Region{}, map[int]bool{}
	for _, z := range c.w.state.Zones {
		if !seen[z.Region.ID] {
			seen[z.Region.ID] = true
			list = append(list, *z.Region)
		}
	}
	return list
}

type zoneEntry struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Domain string `json:"domain"`
}

func zoneEntries(c *call) []zoneEntry {
	list := []zoneEntry{}
	for i, z := range c.w.state.Zones {
		list = append(list, zoneEntry{i + 1, z.Name, z.Host})
	}
	return list
}

type entry struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

func variableTypeEntries(*call) []entry {
	list := []entry{}
	for id, name := range variableTypes {
		if name != "" {
			list = append(list, entry{id, name})
		}
	}
	return list
}

type named struct {
	Name  string `json:"name"`
	Label string `json:"label"`
}

// names lists words of the API with themselves as labels.
func names(words ...string) func(*call) []named {
	list := []named{}
	for _, w := range words {
		list = append(list, named{w, w})
	}
	return func(*call) []named { return list }
}
