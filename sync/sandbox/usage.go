package sandbox

import (
	"encoding/binary"
	"hash/fnv"
	"strconv"
	"time"
)

// usage is what scenarios consumed: operations, and transfer in bytes. One
// operation is one credit, hence 100 centicredits.
type usage struct{ operations, transfer int }

// during is the made-up usage of one hour: always the same for the same
// organization and hour, so that days add up in every time zone. A paused
// organization and one without active scenarios use nothing.
func (o *Organization) during(hour time.Time) usage {
	if o.Paused || o.ActiveScenarios == 0 || hour.Before(o.Created) {
		return usage{}
	}
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], uint64(o.ID))
	binary.LittleEndian.PutUint64(b[8:], uint64(hour.Unix()))
	h := fnv.New64a()
	_, _ = h.Write(b[:])
	// Nearly all of the hours of a month at their most stay within the licence.
	most := o.licenceNumber("operations", 1000)/800 + 1
	n := int(h.Sum64()>>33) % (most + 1)
	return usage{n, n * 1024}
}

func (o *Organization) between(from, to time.Time) usage {
	var sum usage
	// An hour counts where it begins, so that the days of a time zone that is half
	// an hour off share none.
	for t := from.UTC().Add(time.Hour - 1).Truncate(time.Hour); t.Before(to); t = t.Add(time.Hour) {
		u := o.during(t)
		sum.operations += u.operations
		sum.transfer += u.transfer
	}
	return sum
}

// used is the usage since the last reset, unused what the licence has left.
func (o *Organization) used(now time.Time) usage { return o.between(o.lastReset(now), now) }

func (o *Organization) unused(now time.Time) usage {
	u := o.used(now)
	return usage{max(0, o.licenceNumber("operations", 0)-u.operations), max(0, o.licenceNumber("transfer", 0)-u.transfer)}
}

// lastReset is the last monthly anniversary of the organization's creation.
func (o *Organization) lastReset(now time.Time) time.Time {
	t := o.Created
	months := (now.Year()-t.Year())*12 + int(now.Month()-t.Month())
	reset := t.AddDate(0, max(months, 0), 0)
	if reset.After(now) && months > 0 {
		reset = t.AddDate(0, months-1, 0)
	}
	return reset
}

func nextMonth(t time.Time) time.Time { return t.AddDate(0, 1, 0) }

// decimal writes a counter as Make does, as a decimal string.
func decimal(n int) string { return strconv.Itoa(n) }

// usageDays is how many days GET usage covers, today included.
const usageDays = 30

// getUsage: GET /organizations/{organizationId}/usage. Days begin at midnight of
// the user's time zone, or with organizationTimezone=true of the organization's.
func getUsage(c *call) (any, error) {
	zone := c.user.Timezone.ID
	if c.flag("organizationTimezone") {
		zone = c.org.Timezone.ID
	}
	offset := c.zone.enums().offset(zone)
	local := c.now.UTC().Add(offset)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	days := make([]object, usageDays)
	for i := range days {
		day := midnight.AddDate(0, 0, i-usageDays+1)
		u := c.org.between(day.Add(-offset), earlier(c.now, day.AddDate(0, 0, 1).Add(-offset)))
		days[i] = object{{"date", day.Format(time.DateOnly)}, {"operations", u.operations},
			{"dataTransfer", u.transfer}, {"centicredits", u.operations * 100}}
	}
	return object{{"data", days}}, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// offset is how far a time zone is ahead of UTC, in winter.
func (e *Enums) offset(id int) time.Duration {
	t := e.timezone(id)
	if t == nil {
		return 0
	}
	at, err := time.Parse("-0700", t.Offset)
	if err != nil {
		return 0
	}
	_, seconds := at.Zone()
	return time.Duration(seconds) * time.Second
}
