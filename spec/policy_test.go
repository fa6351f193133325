package spec

import (
	"fmt"
	"math"
	"testing"
)

// What documents say by many policies pushes nothing of the trusted side out of a comment that is cut.
func TestTrustedResultsComeFirst(t *testing.T) {
	t.Parallel()
	p := &Policies{Results: []PolicyResult{{ID: "a", Severity: PolicyWarning}, {ID: "a", Severity: PolicyError},
		{ID: "z", Severity: PolicyWarning, Trusted: true}, {ID: "z", Severity: PolicyError, Trusted: true},
		{ID: "y", Severity: PolicyWarning, Trusted: true}, {ID: "b", Severity: PolicyHold}}}
	p.Sum()
	order := ""
	for i := range p.Results {
		order += p.Results[i].ID
	}
	if order != "zyzaba" {
		t.Errorf("in the order %s", order)
	}
}

// What a document makes its policies say of thousands of steps leaves nothing out and takes bounded
// room, none of it from trusted policies.
func TestTooManyResults(t *testing.T) {
	t.Parallel()
	p, subjects := &Policies{}, map[string]int{}
	add := func(r PolicyResult) {
		p.Results = append(p.Results, r)
		subjects[r.ID+string(r.Severity)] += max(r.Further, 1)
	}
	for n := range mostPolicyRows + 5 {
		address := NewAddress("acme", KindVariable, fmt.Sprint("A", n))
		for i := range 15 {
			add(PolicyResult{ID: fmt.Sprintf("p%02d", i), On: PolicyOnStep, Address: address, Severity: PolicyError})
		}
		add(PolicyResult{ID: "trusted", On: PolicyOnStep, Address: address, Severity: PolicyWarning, Trusted: true})
		add(PolicyResult{ID: "held", On: PolicyOnStep, Address: address, Severity: PolicyHold, Trusted: true,
			Suppressed: &Suppressed{Reason: fmt.Sprint(n % 2), Until: "2030-01-01"}})
	}
	add(PolicyResult{ID: "p14", On: PolicyOnStep, Severity: PolicyError, Reason: "it costs too much"})
	add(PolicyResult{ID: "p14", On: PolicyOnStep, Severity: PolicyError, Further: 7}) // of another shard
	for range 2 {                                                                     // what is summed once can be summed again
		p.Sum()
		got, listed, failed := map[string]int{}, map[string]int{}, 0
		for i := range p.Results {
			r := &p.Results[i]
			got[r.ID+string(r.Severity)] += max(r.Further, 1)
			switch {
			case r.Reason != "":
				failed++
			case r.Further == 0:
				listed[r.ID]++
			case r.Address != "" || r.Op != "":
				t.Errorf("%+v has a subject, and stands for others", r)
			}
		}
		for key, n := range subjects {
			if got[key] != n {
				t.Errorf("%d of %d subjects of %s are counted", got[key], n, key)
			}
		}
		if listed["trusted"] != mostPolicyRows || listed["held"] != mostPolicyRows || listed["p00"] != mostPolicyRows ||
			failed != 1 || len(p.Results) > mostDocumentRows+2*mostPolicyRows+15+1+1+2 {
			t.Errorf("%d rows, %d failed, of each %v", len(p.Results), failed, listed)
		}
	}
	few := (&Policies{Results: p.Results}).Few()
	if n := 10*2 + 3 + 20*10 + 15 + 1; len(few) > n {
		t.Errorf("%d rows for people, at most %d", len(few), n)
	}
	for i := range few {
		if few[i].Further > 0 {
			subjects[few[i].ID+string(few[i].Severity)] -= few[i].Further - 1
		}
		subjects[few[i].ID+string(few[i].Severity)]--
	}
	delete(subjects, "heldhold") // excepted, and so for nobody to act on
	for key, n := range subjects {
		if n != 0 {
			t.Errorf("%d subjects of %s are not counted for people", n, key)
		}
	}
	if words := (&PolicyResult{On: PolicyOnStep, Message: "No.", Further: 1200}).Words(); words !=
		"No. (for 1,200 further steps, too many to be listed)" {
		t.Error(words)
	}
}

// TestTheWorstIsTold: what one round, or shard, says of a subject hides nothing worse of another one.
func TestTheWorstIsTold(t *testing.T) {
	t.Parallel()
	lifted := &Suppressed{Reason: "for now", Until: "2030-01-01"}
	kinds := []PolicyResult{{Severity: PolicyError}, {Severity: PolicyHold}, {Severity: PolicyWarning}, {Severity: PolicyError, Suppressed: lifted}}
	for i := range kinds {
		for j := range kinds {
			var results PolicyResults
			for _, r := range []PolicyResult{kinds[i], kinds[j]} {
				r.ID, r.On, r.Address, r.Op = "p", PolicyOnStep, "acme/variable/A", "create"
				results.Add(r)
			}
			worst := kinds[min(i, j)]
			if len(results.All) != 1 || results.All[0].Severity != worst.Severity || results.All[0].Suppressed != worst.Suppressed {
				t.Errorf("%+v and %+v: %+v", kinds[i], kinds[j], results.All)
			}
		}
	}
}

// TestOneAloneIsNamed: the only subject that counts has a row, whatever exceptions there are; and
// sums of a forged file end at the largest number.
func TestOneAloneIsNamed(t *testing.T) {
	t.Parallel()
	p := &Policies{}
	for n := range fewPolicyRows + 5 {
		r := PolicyResult{ID: "p", On: PolicyOnStep, Address: NewAddress("acme", KindVariable, fmt.Sprint("A", n)), Severity: PolicyError}
		if n != fewPolicyRows {
			r.Suppressed = &Suppressed{Reason: "for now", Until: "2030-01-01"}
		}
		p.Results = append(p.Results, r)
	}
	p.Sum()
	if few := p.Few(); len(few) != 1 || few[0].Address != "acme/variable/A10" {
		t.Errorf("%+v", few)
	}
	p = &Policies{Results: []PolicyResult{{ID: "p", Further: math.MaxInt}, {ID: "p", Further: math.MaxInt}}}
	if few := p.Few(); len(few) != 1 || few[0].Further != math.MaxInt {
		t.Errorf("%+v", few)
	}
}
