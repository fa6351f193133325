package sandbox

import (
	"strconv"
	"time"
)

// usage is what scenarios consumed: operations, and transfer in bytes. One
// operation is one credit, hence 100 centicredits.
type usage struct{ operations, transfer int }

// meter reads what the scenarios of an organization consume.
type meter struct{ *Organization }

// between is the made-up usage of the hours that begin in a span of time. An hour
// is always the same for the same organization, so that days add up in every
// time zone, also in one that is half an hour off. A paused organization and one
// without active scenarios use nothing.
func (m meter) between(from, to time.Time) usage {
	if from.Before(m.Created) {
		from = m.Created
	}
	if m.Paused || m.ActiveScenarios == 0 {
		return usage{}
	}
	sum := 0
	if m.HourlyMost == 0 {
		sum = m.hours(from, to)
	} else {
		sum = m.cappedHours(from, to)
	}
	return usage{sum, sum * 1024}
}

// mostInAnHour bounds an hour's usage; where no seed says it, nearly all months stay within the
// licence.
func (m meter) mostInAnHour() int {
	if m.HourlyMost > 0 {
		return m.HourlyMost
	}
	return m.licenceNumber("operations", 1000)/800 + 2
}

// hours adds up the hours that begin in a span of time.
func (m meter) hours(from, to time.Time) int {
	sum, most := 0, uint64(m.mostInAnHour())
	for hour := (from.Unix() + 3599) / 3600; hour*3600 < to.Unix(); hour++ {
		sum += int(mix(uint64(m.ID)<<32^uint64(hour)) % most)
	}
	return sum
}

// cappedHours does so for an organization that can run out of credits: in each cycle it uses no
// more than the licence has, and nothing afterwards.
func (m meter) cappedHours(from, to time.Time) int {
	sum := 0
	for from.Before(to) {
		start := m.lastReset(from)
		end := earlier(to, nextMonth(start))
		if !end.After(from) {
			end = to
		}
		limit := m.credits(start)
		sum += min(m.hours(start, end), limit) - min(m.hours(start, from), limit)
		from = end
	}
	return sum
}

// credits are those of the cycle that begins then, with what was carried over into it.
func (m meter) credits(start time.Time) int {
	n := m.licenceNumber("operations", 0)
	if b := m.Billing; b != nil && b.Kept > 0 && start.Equal(b.Since) {
		n += b.Kept
	}
	return n
}

// mix scatters the bits of x (the finish of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// used is the usage since the last reset, unused what the licence has left.
func (m meter) used(now time.Time) usage { return m.between(m.lastReset(now), now) }

func (m meter) unused(now time.Time) usage {
	u := m.used(now)
	return usage{max(0, m.credits(m.lastReset(now))-u.operations), max(0, m.licenceNumber("transfer", 0)-u.transfer)}
}

// lastReset is the last monthly anniversary of the organization's creation, or of its last change
// of plan.
func (m meter) lastReset(now time.Time) time.Time {
	from, _ := anniversaries(m.anchor(now), now, 1)
	return from
}

// anchor is when the cycles began that now belongs to.
func (m meter) anchor(now time.Time) time.Time {
	if b := m.Billing; b != nil && !b.Since.IsZero() && !now.Before(b.Since) {
		return b.Since
	}
	return m.Created
}

// anniversaries are the last one that is not after now, and the next one, so many months apart.
func anniversaries(anchor, now time.Time, months int) (last, next time.Time) {
	passed := (now.Year()-anchor.Year())*12 + int(now.Month()-anchor.Month())
	n := max(passed, 0) / months * months
	if n > 0 && anchor.AddDate(0, n, 0).After(now) {
		n -= months
	}
	return anchor.AddDate(0, n, 0), anchor.AddDate(0, n+months, 0)
}

func nextMonth(t time.Time) time.Time { return t.AddDate(0, 1, 0) }

// decimal writes a counter as Make does, as a decimal string.
func decimal(n int) string { return strconv.Itoa(n) }

// centicredits are what these operations cost, as a decimal string.
func centicredits(u usage) string { return decimal(u.operations * 100) }

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
		u := meter{c.org}.between(day.Add(-offset), earlier(c.now, day.AddDate(0, 0, 1).Add(-offset)))
		days[i] = usageRow(c, day, u, i)
	}
	return object{{"data", days}}, nil
}

// usageRow is one day. Its numbers are typed "bigint" in the documents, and the second row of the
// example spells datatransfer: a switch.
func usageRow(c *call, day time.Time, u usage, i int) object {
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
