package sandbox

import (
	"strconv"
	"time"
)

// usage is what scenarios consumed: operations, and transfer in bytes. One
// operation is one credit, hence 100 centicredits.
type usage struct{ operations, transfer int }

// between is the made-up usage of the hours that begin in a span of time. An hour
// is always the same for the same organization, so that days add up in every
// time zone, also in one that is half an hour off. A paused organization and one
// without active scenarios use nothing.
func (o *Organization) between(from, to time.Time) usage {
	if from.Before(o.Created) {
		from = o.Created
	}
	if o.Paused || o.ActiveScenarios == 0 {
		return usage{}
	}
	// At this most, nearly all months stay within the licence.
	most := uint64(o.licenceNumber("operations", 1000)/800 + 2)
	sum := 0
	for hour := (from.Unix() + 3599) / 3600; hour*3600 < to.Unix(); hour++ {
		sum += int(mix(uint64(o.ID)<<32^uint64(hour)) % most)
	}
	return usage{sum, sum * 1024}
}

// mix scatters the bits of x (the finish of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
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
		days[i] = c.usageRow(day, u, i)
	}
	return object{{"data", days}}, nil
}

// usageRow is one day. Its numbers are typed "bigint" in the documents, and the second row of the
// example spells datatransfer: a switch.
func (c *call) usageRow(day time.Time, u usage, i int) object {
	shown, transfer := func(n int) any { return n }, "dataTransfer"
	if c.is("usage-form", "strings") {
		shown = func(n int) any { return decimal(n) }
	}
	if c.is("usage-form", "mixed") && i%2 == 1 {
		transfer = "datatransfer"
	}
	return object{{"date", day.Format(time.DateOnly)}, {"operations", shown(u.operations)},
		{transfer, shown(u.transfer)}, {"centicredits", shown(u.operations * 100)}}
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
