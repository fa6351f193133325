package document

import (
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// checkPatterns tells of patterns that speak of an organization which no document declares. All
// declared keys count, whatever part of them the run looks at.
func (r *resolver) checkPatterns() {
	keys := make([]string, len(r.documents.organizations))
	for i, l := range r.documents.organizations {
		keys[i] = l.key
	}
	for _, p := range r.documents.stated.protect {
		r.checkPattern("guards.protect", p, keys, false)
	}
	for _, p := range r.documents.sensitive {
		r.checkPattern("sensitive", p, keys, false)
	}
	if trusted := r.documents.trusted; trusted != nil {
		for _, p := range trusted.stated.protect {
			r.checkPattern("guards.protect", p, keys, true)
		}
		for _, p := range trusted.sensitive {
			r.checkPattern("sensitive", p, keys, true)
		}
	}
}

// checkPattern: a slip is an error, for it takes a guard away without a word. A key that stands
// alone may mean an organization whose entry was removed, and a trusted file serves several folders
// of documents, so there it is a warning.
func (r *resolver) checkPattern(path string, p writtenGlob, keys []string, trusted bool) {
	key, literal := p.glob.KeyPart()
	if strings.HasPrefix(p.glob.String(), spec.IDPrefix) || slices.ContainsFunc(keys, key.Match) {
		return
	}
	problem := newProblem(rulePatternKey, p.at, nil,
		"the pattern "+text.Quote(p.glob.String())+" matches no declared organization", "")
	problem.Path = path
	near := text.DidYouMean(key.String(), keys)
	switch {
	case literal && near != "":
		problem.Hint = near
	default:
		problem.Hint = "declare the organization, or name it by its id: id:11/variable/API_BASE"
	}
	if !literal || near == "" || trusted || key.String() == p.glob.String() {
		problem.Severity = spec.Warning
	}
	r.problems = append(r.problems, problem)
}

// checkCount wants as many declared organizations as guards and the caller say, so that documents
// that were not found are noticed before a zone is asked.
func (r *resolver) checkCount() {
	declared := len(r.documents.organizations)
	least, where := r.guards.MinOrganizations, "guards.minOrganizations"
	if r.options.ExpectOrganizations > least {
		least, where = r.options.ExpectOrganizations, "--expect-organizations"
	}
	if declared >= least {
		return
	}
	p := newProblem(ruleFewOrganizations, r.documents.stated.limits["minOrganizations"].at, nil,
		"the documents declare "+text.Count(declared, "organization", "organizations")+", and "+where+" is "+
			text.Number(least), "name all documents with -f, or lower the number")
	r.problems = append(r.problems, p)
}

// checkLimit reads MAKESYNC_REFERENCES. What cannot be understood allows nothing.
func (r *resolver) checkLimit() {
	limit, err := parseReferenceLimit(r.options.LookupEnv)
	if err != nil {
		r.problems = append(r.problems, newProblem(ruleGlob, at{}, nil, err.Error(),
			"such as "+referencesVariable+"=env:ACME_*,file:clients/**"))
		limit = &referenceLimit{}
	}
	r.limit = limit
}
