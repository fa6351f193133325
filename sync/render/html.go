package render

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"sync"

	"makesync/sync/plan"
)

//go:embed page.html
var pageTemplate string

//go:embed page_parts.html
var pageParts string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// htmlPage is parsed by the first run that writes a page.
var htmlPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(pageParts + pageTemplate))
})

// policy lets the page run its own style and script, named by their hashes, and
// nothing else: no network, no frames, no forms, no other script even if one got into the page.
func policy() string {
	return "default-src 'none'; style-src '" +
		hashSource(pageStyle) + "'; script-src '" +
		hashSource(pageScript) + "'; base-uri 'none'; form-action 'none'"
}

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// HTML writes a plan as one self-contained page: no network, light and dark,
// readable and printable without its script, which only adds filters.
func HTML(w io.Writer, plan *plan.Plan, o Options) error {
	return htmlPage().Execute(w, newHTMLPlan(plan, o))
}

// The data of page.html; all texts are clean.
type (
	htmlPlan struct {
		Policy                 string
		Style                  template.CSS
		Script                 template.JS
		Large                  bool // so many steps that sections off the screen are better left unrendered
		Heading                string
		Zones                  []htmlZone
		Rules                  []htmlRule
		Against, Since, Undoes string
		Guards, Shard, Only    string
		Approvals              []string
		Counts                 []htmlCount
		Words                  []htmlWords
		Money                  []moneyLine
		Unmanaged              []unmanaged
		Organizations          []htmlOrganization
		Keys                   []string // of the organizations, for the filter
		Kinds                  []htmlChoice
		Fleet                  *htmlFleet
		Failures, Problems     []htmlProblem
		Unread, Narrowed, File string
		Access                 []string // who still has access, and where nobody could look
		Quiet, Next, Digest    string
		Created, Expires, Last string
	}
	htmlZone struct {
		Name, URL, User string
		Sandbox         bool
	}
	htmlCount        struct{ Class, Label, N string }
	htmlWords        struct{ Label, Text string }
	htmlChoice       struct{ Value, Label string }
	htmlProblem      struct{ Class, Level, Place, Text, Hint string }
	htmlOrganization struct {
		Key, Anchor, Name, Facts, Make string
		Has, StepsHave                 string // classes, for the tiles
		Steps                          []htmlStep
		Held                           []htmlHeldGroup
		Waiting                        []htmlWaiting
		NotRead, Rest                  string
		Shared                         bool // it stands for several organizations
	}
	htmlStep struct {
		Anchor, Risk, RiskWord, Kind, Op, Object, Source, Text string

		After     []htmlLink
		MoreAfter int
		Keys      string // of what several organizations share
		Where     *htmlWhere
		Notes     []string
		Fields    []htmlField
		Rows      int
	}
	htmlField struct {
		Path     string
		Old, New htmlSide
	}
	// htmlSide is one value, with the part in which it differs from the other.
	htmlSide struct {
		Nothing, Old           bool
		Before, Changed, After string
	}
	htmlHeldGroup struct {
		Guard, Reason, Allow, Keys string
		Where                      *htmlWhere
		Items                      []htmlHeld
	}
	htmlHeld    struct{ Anchor, Kind, Op, Object, Note string }
	htmlWaiting struct {
		Anchor, Kind, Object, Reason, Keys string
		Where                              *htmlWhere
	}
)
