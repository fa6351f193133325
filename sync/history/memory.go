package history

import (
	"cmp"
	"sync"

	"makesync/spec"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// Memory knows from the journals who was invited; it implements state.Memory. It reads them
// all, once, when it is first asked: that is only for role rows that the zone itself cannot
// explain.
type Memory struct {
	store  *Store
	once   sync.Once
	emails map[person]string
}

// person is a user of an organization; where the zone is is part of who that is, since each zone
// counts its ids from 1.
type person struct {
	zone               string
	organization, user int64
}

// EmailOf gives the e-mail of a user whom a run has invited to the organization, or "".
func (m *Memory) EmailOf(zone string, organization, user int64) string {
	m.once.Do(m.read)
	return m.emails[person{placeOf(zone), organization, user}]
}

// read skips a damaged journal: that costs a memory, never a run.
func (m *Memory) read() {
	m.emails = map[person]string{}
	runs, _ := m.store.Names()
	for _, run := range runs {
		if story, err := m.store.Read(run); err == nil {
			m.add(story)
		}
	}
}

func (m *Memory) add(story *report.Run) {
	urls := map[string]string{}
	for _, z := range story.Zones {
		urls[z.Name] = z.URL
	}
	index := story.Index()
	for _, e := range story.Entries {
		r := e.Result
		if r == nil || r.Verb != plan.InviteMember || r.Answer.UserID < 1 {
			continue
		}
		if o := index.Organization(r.Address); o != nil && o.ID > 0 {
			m.emails[person{placeOf(urls[o.Zone]), o.ID, r.Answer.UserID}] = r.Address.Name()
		}
	}
}

// placeOf is where a zone is, by any of its urls: another spelling forgets nothing.
func placeOf(url string) string { return cmp.Or(spec.URLPlace(url), url) }
