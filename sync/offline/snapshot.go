package offline

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"time"

	"makesync/spec"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// SnapshotFormat is the version of the JSON form. In v1 stood values and e-mails that no document
// declares.
const SnapshotFormat = "makesync.snapshot/v2"

// IDs gives the id of an organization by its name in the snapshot of its zone; 0 where none, or
// more than one, has it.
func IDs(snapshots []*Snapshot) func(*spec.Organization) int64 {
	type named struct{ zone, name string }
	ids := map[named]int64{}
	for _, s := range snapshots {
		for i := range s.Organizations {
			o := &s.Organizations[i]
			key := named{s.Zone, state.NormalName(o.Name)}
			if _, twice := ids[key]; twice {
				ids[key] = 0
				continue
			}
			ids[key] = o.ID
		}
	}
	return func(o *spec.Organization) int64 { return ids[named{o.Zone, state.NormalName(o.Name)}] }
}

// Snapshot is the live state of one zone at one time, saved so that plans can be made without
// the zone and without a token. It belongs to a zone by the zone's name, whatever its url was. It
// is plain data; Port makes a zone of it to plan from. Values and e-mails stand in it only where
// the documents that it was taken with declare them: who may see a plan of those may see these.
type Snapshot struct {
	Format string    `json:"format"`
	Taken  time.Time `json:"taken"`
	Tool   string    `json:"tool,omitempty"`
	Zone   string    `json:"zone"`
	URL    string    `json:"url"`
	// Sandbox: the zone was a simulated one.
	Sandbox bool      `json:"sandbox,omitempty"`
	World   string    `json:"world,omitempty"` // of a sandbox
	Hosts   []string  `json:"hosts"`
	User    SavedUser `json:"user"`
	// Values says what became of values.
	Values SavedValues `json:"values"`
	// EmailsHashed: all e-mails are salted hashes, which only those who know an e-mail can
	// recognise; those that no document names are so in any case, unless values are plain.
	EmailsHashed bool `json:"emailsHashed,omitempty"`
	// Salt is of all hashes and fingerprints in it, base64.
	Salt string `json:"salt"`
	// Guessable counts the fingerprints of values that are shorter than GuessableBelow. It is told
	// once, and stands in no file: it would tell which values are short.
	Guessable    int `json:"-"`
	fingerprints int // that are looked at
	// Names are the zone's lists that planning needs.
	Names map[state.List][]SavedName `json:"names"`
	// NamesFailed are the lists that could not be read, each with why.
	NamesFailed map[state.List]SavedFailure `json:"namesFailed,omitempty"`
	// Organizations are all of the zone, by name and id; what was not asked for has no kinds.
	Organizations []SavedOrganization `json:"organizations"`
	// Elsewhere are rows of other zones, which serve hints only.
	Elsewhere []SavedRow `json:"elsewhere"`
}

// SavedValues is what a snapshot keeps of variable values.
type SavedValues string

// What a snapshot keeps of variable values. ValuesFingerprint, the default, keeps those that the
// documents declare: a salted slow hash of sensitive ones and the others as they are. ValuesPlain
// keeps all as they are, whoever declares them, and all e-mails with them; ValuesNone keeps none.
const (
	ValuesNone        SavedValues = "none"
	ValuesFingerprint SavedValues = "fingerprint"
	ValuesPlain       SavedValues = "plain"
)

// SavedUser is the token's user in a snapshot.
type SavedUser struct {
	ID        int64  `json:"id"`
	Email     string `json:"email"`
	TwoFactor *bool  `json:"twoFactor,omitempty"`
}

// SavedName is an entry of one of the API's lists.
type SavedName struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Code  string `json:"code,omitempty"`
	Code2 string `json:"code2,omitempty"`
}

// SavedRow is what the list says of an organization of another zone.
type SavedRow struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Host string `json:"host"`
}

// SavedOrganization is one organization. A kind or list that is null was not asked for or could not
// be read.
type SavedOrganization struct {
	SavedRow
	Plan        string        `json:"plan,omitempty"`
	Country     string        `json:"country,omitempty"`
	Timezone    string        `json:"timezone,omitempty"`
	TFAEnforced *bool         `json:"tfaEnforced,omitempty"`
	License     state.License `json:"license"`
	Teams       []SavedName   `json:"teams"`
	Roles       []SavedName   `json:"roles"`
	// NamesFailed are the organization's own lists that could not be read, each with why.
	NamesFailed     map[state.List]SavedFailure `json:"namesFailed,omitempty"`
	Paused          *bool                       `json:"paused,omitempty"`
	ActiveScenarios *int                        `json:"activeScenarios,omitempty"`
	Kinds           []spec.Kind                 `json:"kinds"` // that were asked for
	FeatureControls []SavedControl              `json:"featureControls"`
	Variables       []SavedVariable             `json:"variables"`
	Members         []SavedMember               `json:"members"`
	Unreadable      []SavedRoleRow              `json:"unreadable,omitempty"`
	Failed          map[spec.Kind]SavedFailure  `json:"failed,omitempty"`
	Lacks           map[spec.Kind]string        `json:"lacks,omitempty"`
	// Refused are the changes that the plan of Make did not offer when runs before tried them.
	Refused []state.Refusal `json:"refused,omitempty"`
	OwnerID int64           `json:"ownerId,omitempty"`
	// Unknown are the objects of which this is no base to tell drift by, as addresses without the
	// key; see Next.
	Unknown []string `json:"unknown,omitempty"`
}

// SavedControl is one feature control.
type SavedControl struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
}

// SavedVariable is one variable: its value, the value's fingerprint, or neither.
type SavedVariable struct {
	Name        string  `json:"name"`
	Type        string  `json:"type"`
	Value       *string `json:"value,omitempty"`
	Fingerprint string  `json:"fingerprint,omitempty"`
	Sensitive   bool    `json:"sensitive,omitempty"`
	System      bool    `json:"system,omitempty"`
	Invalid     string  `json:"odd,omitempty"`

	own bool // see KeepOwn
}

// SavedMember is one person.
type SavedMember struct {
	UserID     int64  `json:"userId"`
	Email      string `json:"email"`
	Role       string `json:"role"`
	Invitation string `json:"invitation,omitempty"`
	Name       string `json:"name,omitempty"`
}

// SavedRoleRow is a role row without a user.
type SavedRoleRow struct {
	UserID     int64  `json:"userId"`
	RoleID     int64  `json:"usersRoleId"`
	Invitation string `json:"invitation,omitempty"`
}

// SavedFailure is why a kind could not be read.
type SavedFailure struct {
	Doing   string     `json:"doing"`
	Status  int        `json:"status,omitempty"`
	Code    string     `json:"code,omitempty"`
	Message string     `json:"message"`
	Class   exit.Class `json:"class"`
}

// SnapshotOptions say what a snapshot keeps.
type SnapshotOptions struct {
	Taken      time.Time
	Tool       string
	Values     SavedValues
	HashEmails bool
	// Salt is random and used for this snapshot only.
	Salt []byte
	// Sensitive tells whether a variable's value is a secret, by its address.
	Sensitive func(spec.Address) bool
	// Needed is what the documents declare. The zero value is of no documents: nothing is declared.
	Needed Needed
}

// MakeSnapshot turns the state of a zone into a snapshot. Secrets and, when asked for, e-mails are
// hashed here; nothing later sees them.
func MakeSnapshot(s *state.ZoneState, options SnapshotOptions) *Snapshot {
	k := snapshotEncoder{options: options, state: s}
	k.notice()
	snapshot := &Snapshot{
		Format: SnapshotFormat, Taken: options.Taken.UTC().Truncate(time.Second), Tool: options.Tool,
		Zone: s.Endpoint.Name, URL: s.Endpoint.URL, Sandbox: s.Endpoint.Sandbox != nil,
		Hosts:  append([]string{}, s.Endpoint.Hosts...),
		User:   SavedUser{ID: s.User.ID, Email: k.email(s.User.Email), TwoFactor: s.User.TwoFactor},
		Values: options.Values, EmailsHashed: options.HashEmails, Salt: base64.StdEncoding.EncodeToString(options.Salt),
		Names: map[state.List][]SavedName{}, Organizations: []SavedOrganization{}, Elsewhere: []SavedRow{},
	}
	if s.Endpoint.Sandbox != nil {
		snapshot.World = s.Endpoint.Sandbox.World
	}
	for list, names := range s.Names {
		snapshot.Names[list] = saveNames(names)
	}
	snapshot.NamesFailed = k.namesFailed(0)
	k.hashing.SetLimit(runtime.GOMAXPROCS(0))
	here := map[int64]bool{}
	for _, live := range s.All() {
		here[live.ID] = true
		snapshot.Organizations = append(snapshot.Organizations, k.organization(live))
	}
	for _, row := range s.Rows {
		if !here[row.ID] {
			snapshot.Elsewhere = append(snapshot.Elsewhere, saveRow(row))
		}
	}
	snapshot.Guessable, snapshot.fingerprints = k.guessable, k.fingerprints
	_ = k.hashing.Wait() // nothing fails
	return snapshot
}

// EncodeSnapshot is the file's content.
func EncodeSnapshot(s *Snapshot) ([]byte, error) {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the snapshot of %s: %w", s.Zone, err)
	}
	return append(text.SafeJSON(data), '\n'), nil
}

// DecodeSnapshot reads what EncodeSnapshot wrote. The caller has checked the
// bytes against the published schema; this checks what a schema cannot say.
func DecodeSnapshot(data []byte) (*Snapshot, error) {
	var s Snapshot
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("read the snapshot: %w", err)
	}
	if s.Format != SnapshotFormat {
		return nil, fmt.Errorf("read the snapshot: its format is %s, this makesync reads %s", text.Quote(s.Format),
			SnapshotFormat)
	}
	if _, err := base64.StdEncoding.DecodeString(s.Salt); err != nil {
		return nil, fmt.Errorf("read the snapshot: its salt is not base64")
	}
	s.boundFingerprints()
	return &s, nil
}

// KeepOwn has no plain value shown that gives away what the run itself is trusted with, which may
// be another secret than those of the run that took the snapshot.
func (s *Snapshot) KeepOwn(givesAway func(value string) bool) {
	for i := range s.Organizations {
		variables := s.Organizations[i].Variables
		for j := range variables {
			variables[j].own = variables[j].Value != nil && givesAway(*variables[j].Value)
		}
	}
}

// IsSecret tells whether the value is not shown, though the file holds it.
func (v *SavedVariable) IsSecret() bool { return v.Sensitive || v.own }

// MostFingerprints is how many fingerprints a snapshot has, and how many of one are looked at: each
// takes a core for 60 ms or more. What is beyond is not compared, as what was not kept.
const MostFingerprints = 10_000

// boundFingerprints forgets the fingerprints beyond.
func (s *Snapshot) boundFingerprints() {
	for i := range s.Organizations {
		variables := s.Organizations[i].Variables
		for j := range variables {
			switch {
			case variables[j].Fingerprint == "":
			case s.fingerprints == MostFingerprints:
				variables[j].Fingerprint = ""
			default:
				s.fingerprints++
			}
		}
	}
}

// FormatOf tells whether data are a snapshot of any version: its format, and of which zone.
func FormatOf(data []byte) (format, zone string, ok bool) {
	var s struct{ Format, Zone string }
	if json.Unmarshal(data, &s) != nil || !strings.HasPrefix(s.Format, "makesync.snapshot/") {
		return "", "", false
	}
	return s.Format, s.Zone, true
}

// GuessableBelow is the length of values, in bytes, that are found out from their fingerprints by
// trying all of them.
const GuessableBelow = 8

// SaltBytes is the salt of all hashes and fingerprints in the snapshot.
func (s *Snapshot) SaltBytes() []byte {
	salt, _ := base64.StdEncoding.DecodeString(s.Salt) // DecodeSnapshot has checked it
	return salt
}

// ValueSalt ties a fingerprint to its variable, so that equal values do not look equal.
func ValueSalt(salt []byte, organization int64, name string) []byte {
	return []byte(string(salt) + "\x00" + state.FormatID(organization) + "\x00" + name)
}

// HashedDomain marks a hashed e-mail.
const HashedDomain = state.HashedDomain

// HashEmail is a hash with the snapshot's salt in the form of an e-mail. It keeps an address from
// those who do not know it. Who can guess it can check the guess, whatever a hash costs: there are
// lists of all addresses.
func HashEmail(email string, salt []byte) string {
	if email == "" {
		return ""
	}
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte("email\x00" + strings.ToLower(email)))
	return hex.EncodeToString(mac.Sum(nil)[:12]) + HashedDomain
}
