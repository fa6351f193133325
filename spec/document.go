package spec

// Zone is an entry of `zones`.
type Zone struct {
	Name string
	URL  string // "" when Host or a built-in name gives it
	Host string
	// Token is zones.N.token as written, its reference not evaluated (Endpoints
	// does that, for the zones of the run only); always sensitive.
	Token   Value
	Sandbox *SandboxZone
	// Folder is the document's, from which a file reference in Token counts.
	Folder string
	// Broken: its entry has been told to be wrong, so that nobody calls it or tells it again.
	Broken bool
	Source Source
}

// SandboxZone makes a zone an embedded simulated one.
type SandboxZone struct {
	// Paths, already joined to the document's folder. Without a seed the embedded
	// starter is taken; the state's default is .makesync/<zone>.json.
	Seed, State string
	// Folder is the document's, below which both have to lie, links followed.
	Folder string
	// World tells one simulated world from another; "" until it is opened.
	World string
}

// Guards are the limits of a run; see DefaultGuards.
type Guards struct {
	MaxCreates       map[Kind]int // per zone and run
	MaxInvites       int          // per organization and run
	MaxDeletes       map[Kind]int // per organization and run
	MaxDeletesPerRun map[Kind]int // over all organizations of the run
	MinAdmins        int          // accepted Owners and Admins that must remain
	MinOrganizations int          // that the documents declare, before any choice
	RequiredAdmins   []string     // e-mails, lower case
	// EmailLists are who may be invited, promoted or made owner: an e-mail has to fit one pattern
	// of every list. Each place that states a list narrows; no list: any e-mail.
	EmailLists [][]Glob
	Protect    []Glob // addresses never deleted
	// HoldDrift holds what would revert a change of the live side; see --since.
	HoldDrift bool
	// FormerKeys are the keys under which organizations stood before a change, by their keys of
	// now: what was protected then is.
	FormerKeys map[string]string

	// Of trusted files only:

	Approvals  int               // of a plan, before it is applied
	MaxMonthly map[string]string // by currency, as decimal text: the sum of new monthly prices
}

// DefaultGuards are the guards of documents that state none.
func DefaultGuards() Guards {
	return Guards{
		MaxCreates:       map[Kind]int{KindOrganization: 0},
		MaxInvites:       5,
		MaxDeletes:       map[Kind]int{KindVariable: 10, KindMember: 5, KindOrganization: 0},
		MaxDeletesPerRun: map[Kind]int{KindVariable: 25, KindMember: 10, KindOrganization: 0},
		MinAdmins:        1,
	}
}

// Desired is what all loaded documents say, after Resolve: profiles merged,
// references evaluated, every rule that needs no network checked.
type Desired struct {
	Zones         map[string]Zone
	Guards        Guards
	Sensitive     []Glob
	Organizations []Organization // sorted by key
	// Settings are the rules in force, of documents and trusted files; see CompareRules.
	Settings []Setting
	// Files lists every file read, sorted, for messages and shards.
	Files []string
}

// Endpoint is a zone as a run reaches it: the one place where it is decided
// which url gets which token (a document must not be able to move a token).
type Endpoint struct {
	Name string
	// URL is scheme://host[:port] without a path.
	URL string
	// Hosts are the values of an organization row's `zone` field that mean this zone.
	Hosts []string
	// Token is empty when the zone may not get one, or none is set; Why says which.
	Token Value
	Why   string
	// TokenFrom is what names the token: MAKE_API_KEY_EU1, or zones.eu1.token; "" for that of a
	// sandbox.
	TokenFrom string
	Sandbox   *SandboxZone
}
