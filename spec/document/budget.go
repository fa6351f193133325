package document

import (
	"maps"
	"slices"
	"sync/atomic"

	"makesync/spec"
	"makesync/spec/text"
)

// What all documents of a run may hold together. A million variables fit; what does not would
// exhaust the machine long before anybody is told of it.
const (
	maxBytes         = 128 << 20
	maxValues        = 2_500_000 // keys, values and lines
	maxOrganizations = 200_000
	maxMembers       = 250_000 // each takes as much as several variables
	// Both sides of a comparison together may hold more text than one, and less of what costs most
	// to compare.
	maxComparedValues        = 3_500_000
	maxComparedOrganizations = 150_000
	maxComparedMembers       = 150_000
	maxComparedDeclared      = 1_350_000
	// Field by field, as compare looks at them, they cost more.
	maxFieldsBytes    = 64 << 20
	maxFieldsDeclared = 700_000
	// A zone has a token, which no value of the documents may hold, and a connection of its own.
	maxZones = 200
	// Profiles and references make more out of little.
	maxDeclared = 1_100_000  // what organizations and their profiles declare
	maxOfOne    = 200_000    // and what one organization does
	maxFilled   = 64 << 20   // bytes that profiles fill in and references read
	maxFiles    = 100_000    // that references name
	maxMatches  = 50_000_000 // patterns for each of what is declared
)

// Room is what all documents of a run may hold together: who compares two sides gives it to both.
type Room struct {
	files budget
	// loads is how many loads have taken of it.
	loads             int
	declared, matches int
	filled            filling
}

// Full tells that something did not get in.
func (m *Room) Full() bool {
	return m.files.exceeded.Load() || m.declared > m.files.most().declared || m.matches > maxMatches || m.filled.full()
}

// SharedRoom is for both sides of a plan without a zone.
func SharedRoom() *Room {
	return &Room{files: budget{shared: &limits{
		maxBytes, maxComparedValues, maxComparedOrganizations, maxComparedMembers, maxComparedDeclared,
	}}}
}

// FieldsRoom is for both sides of what is compared field by field.
func FieldsRoom() *Room {
	r := SharedRoom()
	r.files.shared.bytes, r.files.shared.declared = maxFieldsBytes, maxFieldsDeclared
	return r
}

// Copy is a room of which as much is taken, for a side that may have to be loaded again.
func (m *Room) Copy() *Room {
	c := &Room{loads: m.loads, declared: m.declared, matches: m.matches, filled: m.filled}
	c.files.shared = m.files.shared
	for to, from := range map[*atomic.Int64]*atomic.Int64{
		&c.files.bytes: &m.files.bytes, &c.files.values: &m.files.values,
		&c.files.organizations: &m.files.organizations, &c.files.members: &m.files.members,
	} {
		to.Store(from.Load())
	}
	return c
}

// what calls what is in the room.
func (m *Room) what() string {
	if m.loads > 1 {
		return "the documents of both sides together"
	}
	return "the documents"
}

// hint says how less gets into the room.
func (m *Room) hint(one string) string {
	if m.loads > 1 {
		return "compare them in parts: give a folder or file of each side at a time"
	}
	return one
}

// budget counts what the files of one run hold; nil counts nothing.
type budget struct {
	bytes, values, organizations, members atomic.Int64
	exceeded                              atomic.Bool
	shared                                *limits // of both sides; nil: of one
}

// limits are those that differ between one side and both.
type limits struct{ bytes, values, organizations, members, declared int }

func (b *budget) most() limits {
	if b.shared != nil {
		return *b.shared
	}
	return limits{maxBytes, maxValues, maxOrganizations, maxMembers, maxDeclared}
}

// take counts more of something, and tells whether it may be read.
func (b *budget) take(counter *atomic.Int64, n, most int) bool {
	if counter.Add(int64(n)) > int64(most) {
		b.exceeded.Store(true)
	}
	return !b.exceeded.Load()
}

func (b *budget) takeText(data []byte) bool {
	return b.take(&b.bytes, len(data), b.most().bytes) && b.take(&b.values, valuesIn(data), b.most().values)
}

// reading is one reading of a file, which may have to be read once more in another way.
type reading struct {
	room                   *budget
	organizations, members atomic.Int64 // that it has taken of the budget
}

// takeOrganization counts one of a reading; nil counts nothing.
func (r *reading) takeOrganization() bool {
	if r == nil {
		return true
	}
	r.organizations.Add(1)
	return r.room.take(&r.room.organizations, 1, r.room.most().organizations)
}

// takeMembers counts those of a reading.
func (r *reading) takeMembers(n int) bool {
	if r == nil {
		return true
	}
	r.members.Add(int64(n))
	return r.room.take(&r.room.members, n, r.room.most().members)
}

// giveBack takes off what a reading has counted, since the file is read once more.
func (r *reading) giveBack() {
	if r != nil {
		r.room.organizations.Add(-r.organizations.Swap(0))
		r.room.members.Add(-r.members.Swap(0))
	}
}

// problem tells that the documents hold too much. It names no file: in which of those that are read
// side by side a limit was passed is chance.
func (m *Room) problem() spec.Problem {
	most := m.files.most()
	return newProblem(ruleTooMuch, at{}, nil, m.what()+" hold more than is read: at most "+
		text.Number(most.bytes>>20)+" MB, "+
		text.Number(most.values)+" keys, values and lines, "+
		text.Number(most.organizations)+" organizations, and "+
		text.Number(most.members)+" members",
		m.hint("split them into several runs with documents of their own"))
}

// valuesIn is an upper bound of half the nodes that a text makes, without making them: each needs
// a line, a comma, a bracket, a colon or a dash of its own, and a key may stand without its value.
func valuesIn(data []byte) int {
	n := 1
	var last byte
	for _, c := range data {
		switch {
		case c == '\n', c == '\r', c == ',', c == '[', c == '{', c == ':' && isQuoteOrBracket(last):
			n++
		case c == ' ' || c == '\t':
			if last == ':' || last == '-' || last == '?' {
				n++
			}
		}
		last = c
	}
	return n
}

func isQuoteOrBracket(c byte) bool { return c == '"' || c == '\'' || c == ']' || c == '}' }

// hasRoom tells whether there is room for what an organization declares with its profiles, and for
// matching it with every pattern.
func hasRoom(r *resolver, l *layer) bool {
	n := 1 + l.size()
	for _, name := range l.profiles {
		n++
		if profile := r.documents.profiles[name.text]; profile != nil {
			n += profile.size()
		}
	}
	stated := &r.documents.stated
	patterns := len(r.documents.sensitive) + len(stated.protect)
	for _, list := range stated.emails {
		patterns += len(list.globs)
	}
	r.declared += n
	r.matches += n * patterns
	most := r.documents.room.files.most().declared
	return n <= maxOfOne && r.declared <= most && r.matches <= maxMatches && !r.filled.full()
}

// size is how many objects a layer declares.
func (l *layer) size() int {
	return len(l.variables.items) + len(l.members.items) + len(l.featureControls.items)
}

// filling counts what becomes of the texts of documents, and the files that are read for it.
type filling struct{ bytes, files int }

// fill counts what a text has become, and tells whether there is room for it.
func (f *filling) fill(s string) bool {
	f.bytes += len(s)
	return !f.full()
}

// openFile counts a file, and tells whether it may be looked at.
func (f *filling) openFile() bool {
	f.files++
	return !f.full()
}

func (f *filling) full() bool { return f.bytes > maxFilled || f.files > maxFiles }

// tooMuch tells at which organization the documents became too many.
func tooMuch(r *resolver, l *layer) {
	room := r.documents.room
	r.problems = append(r.problems, newProblem(ruleTooMuch, l.at, nil, "with this organization "+room.what()+
		" declare more than is read: at most "+text.Number(maxOfOne)+" objects of one organization, "+
		text.Number(room.files.most().declared)+" of all with those of profiles, "+
		"64 MB that profiles fill in and references read, "+
		text.Number(maxFiles)+" files of references, and "+text.Number(maxMatches)+" patterns times objects",
		room.hint("split them into several runs, or write fewer and wider patterns")))
}

// maxCompared is among how many names the nearest is looked for: each of a thousand problems looks.
const maxCompared = 1000

// nearestOf suggests the key that a word may have been meant for; "" among very many.
func nearestOf[T any](word string, known map[string]T) string {
	if len(known) > maxCompared {
		return ""
	}
	return text.DidYouMean(word, slices.Collect(maps.Keys(known)))
}
