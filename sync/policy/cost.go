package policy

// What policies may spend, in CEL's units of cost: about one for each step of an evaluation, which
// takes up to 0.3 µs. See meter for calls.
const (
	// In one round a policy may spend, over all of its subjects, baseCost and costPerValue for each
	// value of the plan and for as many bytes of its texts as bytesPerValue, but at most mostCost.
	baseCost      = 250_000
	costPerValue  = 20
	bytesPerValue = 8
	mostCost      = 40_000_000

	costPerSubject = 5  // whatever the expression is
	costPerResult  = 50 // until somebody reads it
	costPerMaking  = 3  // of each value, in each round but the first

	// documentShare bounds what all policies of documents may spend together, as multiples of what
	// one may, and documentCost, or documentCostPerValue where that is more, what they may over all
	// rounds.
	documentShare        = 4
	documentCost         = 16_000_000
	documentCostPerValue = 30

	// mostResults are kept of all policies in one round, 1 KB for each.
	mostResults = 200_000
)

// limitOf is what one policy may spend on a plan of so many values.
func limitOf(values int) uint64 { return min(baseCost+costPerValue*uint64(values), mostCost) }

// Budget is what all policies of documents may spend together. Rounds that judge one plan again and
// again share one, since a document decides how many they are.
type Budget struct {
	spent  uint64
	judged bool // in one round at least
	// tooDear are the policies that have failed by their cost: what they then said stays, and they
	// are not judged in further rounds.
	tooDear map[string]bool
}

// share is what is left for one round, on a plan of so many values, in which each policy has a
// limit.
func (b *Budget) share(values int, limit uint64) *share {
	if b == nil {
		b = &Budget{}
	}
	if b.tooDear == nil {
		b.tooDear = map[string]bool{}
	}
	if b.judged {
		b.spent += costPerMaking * uint64(values)
	}
	b.judged = true
	most := max(documentCost, documentCostPerValue*uint64(values))
	return &share{budget: b, left: min(documentShare*limit, most-min(b.spent, most))}
}

// share is the part of a budget that is for one round.
type share struct {
	budget *Budget
	left   uint64
}

func (s *share) spend(cost uint64) {
	s.budget.spent += cost
	s.left -= min(cost, s.left)
}
