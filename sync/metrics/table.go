package metrics

import (
	"maps"
	"slices"
	"strconv"

	dto "github.com/prometheus/client_model/go"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/plan"
	"makesync/sync/report"
)

// The names that a later run reads back.
const (
	runsTotal       = "makesync_runs_total"
	lastSuccessTime = "makesync_last_success_timestamp_seconds"
)

// metric is one family of the metrics file. Labels take few values: zones, kinds, ops, classes,
// words; no address, no e-mail, no url.
type metric struct {
	name    string
	labels  []string
	kind    dto.MetricType
	samples func(*Run) []sample // none: not known in this run
	help    string
}

type sample struct {
	labels []string
	value  float64
}

const (
	gauge   = dto.MetricType_GAUGE
	counter = dto.MetricType_COUNTER
)

func labels(names ...string) []string { return names }

// table is all of them; README has the same table. What a plan counts is absent when there
// was no plan: a zero would say that nothing waits when nobody knows.
var table = []metric{
	{"makesync_build_info", labels("version"), gauge, buildInfo,
		"The makesync that ran; always 1."},
	{runsTotal, labels("exit"), counter, runCounts,
		"Runs since the file was first written, by how they ended."},
	{"makesync_run_exit_code", nil, gauge, exitCode,
		"Exit code of the last run, 5 also where --held-exit makes it 0."},
	{"makesync_run_success", nil, gauge, runSuccess,
		"1 when the last run did what it is for: apply with exit 0, or 5 when a guard or policy holds something " +
			"and all else is done; plan also with 2 and 5."},
	{"makesync_sandbox", labels("zone"), gauge, planned(sandboxZones),
		"1 for each simulated zone; a run with a built-in one is no success."},
	{"makesync_run_timestamp_seconds", nil, gauge, runEnded,
		"When the last run ended."},
	{lastSuccessTime, nil, gauge, lastSuccess,
		"When the last successful run ended; kept by runs that fail; 0: never."},
	{"makesync_run_duration_seconds", nil, gauge, runDuration,
		"How long the last run took."},
	{"makesync_organizations", nil, gauge, planned(organizationCount),
		"Organizations in the plan."},
	{"makesync_organizations_unread", nil, gauge, planned(unread),
		"Organizations of which something could not be read."},
	{"makesync_changes", labels("kind", "op"), gauge, planned(changeCounts),
		"Steps of the plan, which plan would and apply wanted to do."},
	{"makesync_outcomes", labels("outcome"), gauge, outcomeCounts,
		"Steps of the last apply by what became of them: succeeded, failed, skipped, unknown."},
	{"makesync_waiting", labels("kind"), gauge, planned(waitingCounts),
		"Things that cannot be done yet."},
	{"makesync_held", labels("kind"), gauge, planned(heldCounts),
		"Changes that a guard or policy stopped."},
	{"makesync_money_monthly", labels("currency"), gauge, planned(monthlySums),
		"What the plan's new subscriptions cost a month by the catalogue; a year by twelve."},
	{"makesync_problems", labels("severity"), gauge, problemCounts,
		"Errors and warnings of the last run."},
	{"makesync_calls", labels("zone", "direction"), gauge, perZone(callCounts),
		"Requests that were sent, repetitions included, by what they did: read, write."},
	{"makesync_calls_repeated", labels("zone"), gauge, perZone(repeatedCount),
		"How many of the requests repeated another one."},
	{"makesync_failures", labels("zone", "class"), gauge, perZone(failureCounts),
		"Requests without a good answer, by why; also those that a repetition made good."},
	{"makesync_rate_limit_waits", labels("zone"), gauge, perZone(rateWaits),
		"How often a call waited for a rate limit."},
	{"makesync_rate_limit_wait_seconds", labels("zone"), gauge, perZone(rateWaited),
		"How long calls waited for rate limits, added up."},
	{"makesync_attention", labels("severity", "rule"), gauge, attentionCounts,
		"Of status: things that need attention."},
	{"makesync_organization_credits", labels("zone", "organization", "state"), gauge, perRow(creditsOf),
		"Of status: credits of the present cycle: used, left."},
	{"makesync_organization_credits_reset_timestamp_seconds", labels("zone", "organization"), gauge, perRow(resetOf),
		"Of status: when the credits begin anew."},
	{"makesync_organization_credits_last", labels("zone", "organization"), gauge, perRow(lastsOf),
		"Of status: 1 when the credits last until then at the present pace."},
	{"makesync_organization_members", labels("zone", "organization", "state"), gauge, perRow(membersOf),
		"Of status: people: accepted, admin, pending, expired, without-two-factor."},
	{"makesync_organization_changes", labels("zone", "organization", "state"), gauge, perRow(changesSamples),
		"Of status: changes by state, pending, held, waiting, and with --since drift and conflict."},
	{"makesync_organization_tfa_enforced", labels("zone", "organization"), gauge, perRow(enforcedOf),
		"Of status: 1 when two-factor authentication is enforced."},
	{"makesync_organization_next_bill_timestamp_seconds", labels("zone", "organization"), gauge, perRow(nextBillOf),
		"Of status: when the next bill is due."},
	{"makesync_organization_bill", labels("zone", "organization", "currency", "period"), gauge, perRow(amountOf),
		"Of status: what the subscription costs each period."},
}

func buildInfo(m *Run) []sample { return []sample{{labels(m.Version), 1}} }

func exitCode(m *Run) []sample    { return one(float64(m.Exit.Code)) }
func runSuccess(m *Run) []sample  { return one(flag01(m.succeeded())) }
func runEnded(m *Run) []sample    { return one(float64(m.Ended.Unix())) }
func runDuration(m *Run) []sample { return one(m.Ended.Sub(m.Began).Seconds()) }

func sandboxZones(p *plan.Plan) (all []sample) {
	for _, zone := range p.Zones {
		if zone.Sandbox {
			all = append(all, oneOfZone(zone.Name, 1)...)
		}
	}
	return all
}

func organizationCount(p *plan.Plan) []sample { return one(float64(len(p.Organizations))) }

func callCounts(zone string, s Calls) []sample {
	return []sample{
		{labels(zone, "read"), float64(s.Sent.Read)},
		{labels(zone, "write"), float64(s.Sent.Write)},
	}
}

func repeatedCount(zone string, s Calls) []sample {
	return oneOfZone(zone, float64(s.Repeated))
}
func rateWaits(zone string, s Calls) []sample { return oneOfZone(zone, float64(s.RateWaits)) }
func rateWaited(zone string, s Calls) []sample {
	return oneOfZone(zone, s.RateWaited.Seconds())
}

func one(value float64) []sample { return []sample{{nil, value}} }

func oneOfZone(zone string, value float64) []sample { return []sample{{[]string{zone}, value}} }

func flag01(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// planned are samples that need a plan.
func planned(samples func(*plan.Plan) []sample) func(*Run) []sample {
	return func(m *Run) []sample {
		if m.Plan == nil {
			return nil
		}
		return samples(m.Plan)
	}
}

func perZone(samples func(string, Calls) []sample) func(*Run) []sample {
	return func(m *Run) (all []sample) {
		for _, name := range slices.Sorted(maps.Keys(m.Zones)) {
			all = append(all, samples(name, m.Zones[name])...)
		}
		return all
	}
}

func runCounts(m *Run) []sample {
	runs := maps.Clone(m.previous.runs)
	runs[m.Exit.Name]++
	return byLabel(runs)
}

func lastSuccess(m *Run) []sample {
	if m.succeeded() {
		return one(float64(m.Ended.Unix()))
	}
	return one(m.previous.lastSuccess)
}

func unread(p *plan.Plan) []sample {
	n := 0
	for _, o := range p.Organizations {
		n += int(flag01(len(o.NotRead) > 0))
	}
	return one(float64(n))
}

// changePairs are the steps that there are, so that a count that falls to 0 says 0.
var changePairs = map[spec.Kind][]plan.Op{
	spec.KindOrganization:   {plan.OpCreate, plan.OpUpdate, plan.OpDelete},
	spec.KindSubscription:   {plan.OpCreate, plan.OpUpdate, plan.OpDelete},
	spec.KindPaymentMethods: {plan.OpUpdate, plan.OpDelete},
	spec.KindVariable:       {plan.OpCreate, plan.OpUpdate, plan.OpDelete},
	spec.KindFeatureControl: {plan.OpUpdate},
	spec.KindTFA:            {plan.OpUpdate},
	spec.KindMember:         {plan.OpUpdate, plan.OpDelete, plan.OpInvite, plan.OpReinvite, plan.OpRevoke},
	spec.KindOwner:          {plan.OpTransfer},
}

func changeCounts(p *plan.Plan) (samples []sample) {
	type pair struct {
		kind spec.Kind
		op   plan.Op
	}
	counts := map[pair]int{}
	for _, o := range p.Organizations {
		for _, s := range o.Steps {
			if s.Foreseen == "" {
				counts[pair{s.Kind, s.Op}]++
			}
		}
	}
	for kind, ops := range changePairs {
		for _, op := range ops {
			counts[pair{kind, op}] += 0
		}
	}
	for at, n := range counts {
		samples = append(samples, sample{[]string{string(at.kind), string(at.op)}, float64(n)})
	}
	return samples
}

func outcomeCounts(m *Run) []sample {
	if m.Report == nil {
		return nil
	}
	return byLabel(map[string]float64{
		string(report.Succeeded): float64(m.Report.Succeeded), string(report.Failed): float64(m.Report.Failed),
		string(report.Skipped): float64(m.Report.Skipped), string(report.OutcomeUnknown): float64(m.Report.Unknown),
	})
}

func waitingCounts(p *plan.Plan) []sample {
	return kindCounts(p, func(o *plan.Organization, count func(spec.Address)) {
		for i := range o.Waiting {
			count(o.Waiting[i].Address)
		}
	})
}

func heldCounts(p *plan.Plan) []sample {
	return kindCounts(p, func(o *plan.Organization, count func(spec.Address)) {
		for i := range o.Held {
			count(o.Held[i].Address)
		}
	})
}

// kindCounts counts objects of a plan by kind; a kind of which there is none says 0.
func kindCounts(p *plan.Plan, each func(o *plan.Organization, count func(spec.Address))) []sample {
	counts := everyKind()
	for i := range p.Organizations {
		each(&p.Organizations[i], func(a spec.Address) { counts[string(a.Kind())]++ })
	}
	return byLabel(counts)
}

// monthlySums add up what steps cost a month, by currency.
func monthlySums(p *plan.Plan) []sample {
	sums := map[string]spec.Amount{}
	for _, o := range p.Organizations {
		for _, s := range o.Steps {
			if s.Money.Monthly() > 0 {
				sums[s.Money.Currency] = sums[s.Money.Currency].Plus(s.Money.Monthly())
			}
		}
	}
	counts := map[string]float64{}
	for currency, sum := range sums {
		counts[currency], _ = strconv.ParseFloat(sum.String(), 64) // which an amount always is
	}
	return byLabel(counts)
}

func everyKind() map[string]float64 {
	counts := map[string]float64{}
	for _, kind := range spec.Kinds() {
		counts[string(kind)] = 0
	}
	return counts
}

func problemCounts(m *Run) []sample {
	counts := map[string]float64{string(spec.Error): 0, string(spec.Warning): 0}
	for _, p := range m.Problems {
		counts[string(p.Severity)]++
	}
	return byLabel(counts)
}

func failureCounts(zone string, s Calls) (samples []sample) {
	counts := map[exit.Class]int{}
	for _, class := range exit.Classes() { // a class shows also when it counts 0
		counts[class] = 0
	}
	maps.Copy(counts, s.Failed)
	for class, n := range counts {
		samples = append(samples, sample{[]string{zone, string(class)}, float64(n)})
	}
	return samples
}

// byLabel are samples with one label; the registry sorts them.
func byLabel(counts map[string]float64) (samples []sample) {
	for label, n := range counts {
		samples = append(samples, sample{[]string{label}, n})
	}
	return samples
}
