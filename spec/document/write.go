package document

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"makesync/spec"
	"makesync/spec/text"
)

// WriteOptions is what stands around the organizations of a written document.
type WriteOptions struct {
	// Schema is the url or path for the editor's line; default DefaultSchema.
	Schema string
	// Zone is the document's zone; an organization of another one states its own.
	Zone string
	// Header are lines of comment at the top.
	Header []string
	// Comments are lines of comment that stand with an object, by its address: above
	// it when it is written, at its place when it is not. The address of an
	// organization puts them above its key, that of a block (acme/variable) above the block.
	Comments map[spec.Address][]string
	// Cancelled are the objects and blocks (acme/variable) of an organization's profiles that
	// it does not have.
	Cancelled []spec.Address
	// BillingAsComments writes what organizations pay for, and by what, as comments.
	BillingAsComments bool
}

// DefaultSchema is where an editor finds the schema: beside the documents, as
// `makesync schema > makesync.schema.json` puts it.
const DefaultSchema = "makesync.schema.json"

// WriteDocument writes organizations as one canonical YAML document: the schema
// line, keys in a fixed order, short forms where they say the same, quotes where
// YAML 1.1 or 1.2 could read a text as something else. Reading it again gives the
// same organizations, but for what is live only (ids of users and controls,
// names of people, invitations) and what is Unwritten.
//
// A variable with a Reference is written as that reference; one that is
// sensitive and has none is Unwritten, so a secret never reaches the file.
func WriteDocument(w io.Writer, organizations []spec.Organization, o WriteOptions) ([]spec.Unwritten, error) {
	d := documentWriter{out: bufio.NewWriter(w), options: o}
	d.head()
	if o.Zone != "" {
		d.line(0, "zone: "+writeText(o.Zone))
	}
	if len(organizations) == 0 {
		d.line(0, "organizations: {}")
	} else {
		d.line(0, "organizations:")
	}
	for i := range organizations {
		if !spec.IsKey(organizations[i].Key) || spec.IsExtension(organizations[i].Key) {
			return nil, fmt.Errorf("write organization %q: the key is not made of a-z, 0-9 and -, or begins with x-",
				organizations[i].Key)
		}
		d.organization(&organizations[i])
	}
	return d.unwritten, d.out.Flush()
}

// WriteProfile writes a document that declares one profile, with the settings of contents.
func WriteProfile(w io.Writer, name string, contents *spec.Organization,
	o WriteOptions) ([]spec.Unwritten, error) {
	if !spec.IsKey(name) {
		return nil, fmt.Errorf("write profile %q: the name is not made of a-z, 0-9 and -", name)
	}
	d := documentWriter{out: bufio.NewWriter(w), options: o}
	d.head()
	d.line(0, "profiles:")
	d.comments(1, o.Comments[spec.Address(name)])
	d.line(1, name+":")
	profile := *contents
	profile.Key = name
	d.settings(&profile)
	return d.unwritten, d.out.Flush()
}

func (d *documentWriter) head() {
	d.line(0, "# yaml-language-server: $schema="+text.Visible(cmp.Or(d.options.Schema, DefaultSchema)))
	d.comments(0, d.options.Header)
	d.line(0, "apiVersion: "+APIVersion)
}

type documentWriter struct {
	out       *bufio.Writer // keeps the first error until Flush
	options   WriteOptions
	unwritten []spec.Unwritten
}

func (d *documentWriter) line(indent int, text string) {
	d.out.WriteString(strings.Repeat("  ", indent))
	d.out.WriteString(text)
	d.out.WriteByte('\n')
}

func (d *documentWriter) comments(indent int, lines []string) {
	for _, line := range lines {
		d.line(indent, strings.TrimRight("# "+text.Visible(line), " "))
	}
}

// skip writes a comment in the place of what cannot be written.
func (d *documentWriter) skip(indent int, a spec.Address, name, reason string) {
	d.comments(indent, d.options.Comments[a])
	d.comments(indent, []string{name + ": not written: " + reason})
	d.unwritten = append(d.unwritten, spec.Unwritten{Address: a, Reason: reason})
}

func (d *documentWriter) field(key, value string) {
	if value != "" {
		d.line(2, key+": "+value)
	}
}

func (d *documentWriter) organization(o *spec.Organization) {
	d.comments(1, d.options.Comments[spec.Address(o.Key)])
	d.line(1, writeText(o.Key)+":")
	if o.Name != "" {
		if why := spec.RefusedName(o.Name); why != "" {
			d.skip(2, spec.Address(o.Key), "name", "Make refuses it in a document: "+why)
		} else {
			d.field("name", writeText(o.Name))
		}
	}
	if o.ID != 0 {
		d.field("id", strconv.FormatInt(o.ID, 10))
	}
	if o.Zone != d.options.Zone && o.Zone != "" {
		d.field("zone", writeText(o.Zone))
	}
	if o.State == spec.Absent {
		d.field("state", string(spec.Absent))
		return
	}
	d.field("profiles", writeList(o.Profiles, writeText))
	d.billing(o)
	d.settings(o)
}

// settings are what organizations and profiles can hold.
func (d *documentWriter) settings(o *spec.Organization) {
	d.field("region", writeNameOrID(o.Region))
	d.field("country", writeNameOrID(o.Country))
	d.field("timezone", writeNameOrID(o.Timezone))
	if o.TFAEnforced != nil {
		d.field("tfaEnforced", strconv.FormatBool(*o.TFAEnforced))
	}
	d.controls(o)
	d.variables(o)
	d.members(o)
	d.owner(o)
	d.purge(o)
}

// block opens a mapping; an empty one is written as {}.
func (d *documentWriter) block(o *spec.Organization, kind spec.Kind, key string, size int) {
	at := spec.Address(o.Key + "/" + string(kind))
	d.comments(2, d.options.Comments[at])
	switch cancelled := d.cancelled(o, kind); {
	case slices.Contains(cancelled, at):
		d.line(2, key+": null")
	case len(cancelled) > 0:
		d.line(2, key+":")
		for _, a := range cancelled {
			d.entry(a, a.Name(), "null")
		}
	case size == 0:
		d.line(2, key+": {}")
	default:
		d.line(2, key+":")
	}
}

// cancelled are what an organization takes back of its profiles' block of a kind.
func (d *documentWriter) cancelled(o *spec.Organization, kind spec.Kind) []spec.Address {
	var all []spec.Address
	for _, a := range d.options.Cancelled {
		if a.Key() == o.Key && a.Kind() == kind {
			all = append(all, a)
		}
	}
	return all
}

// entry writes one object of a block.
func (d *documentWriter) entry(a spec.Address, name, value string) {
	d.comments(3, d.options.Comments[a])
	d.line(3, writeText(name)+": "+value)
}

// omission is an object that a block cannot hold; comments behind the block tell of it.
type omission struct {
	address      spec.Address
	name, reason string
}

func (d *documentWriter) writeOmissions(all []omission) {
	for _, o := range all {
		d.skip(3, o.address, o.name, o.reason)
	}
}

func (d *documentWriter) controls(o *spec.Organization) {
	if o.FeatureControls == nil && len(d.cancelled(o, spec.KindFeatureControl)) == 0 {
		return
	}
	var good []spec.FeatureControl
	var bad []omission
	seen := map[string]bool{}
	for _, c := range o.FeatureControls {
		why := badControl(c.Name)
		if why == "" && seen[strings.ToLower(c.Name)] {
			why = "another control has the same name but for upper and lower case"
		}
		if why != "" {
			bad = append(bad, omission{spec.NewAddress(o.Key, spec.KindFeatureControl, c.Name), c.Name, why})
			continue
		}
		seen[strings.ToLower(c.Name)] = true
		good = append(good, c)
	}
	d.block(o, spec.KindFeatureControl, "featureControls", len(good))
	for _, c := range good {
		d.entry(spec.NewAddress(o.Key, spec.KindFeatureControl, c.Name), c.Name, strconv.FormatBool(c.Enabled))
	}
	d.writeOmissions(bad)
}

func badControl(name string) string {
	switch {
	case name == "":
		return "it has no name"
	case spec.IsExtension(name):
		return "its name begins with x-, which documents ignore"
	case len(name) > 1024 || !utf8.ValidString(name):
		return "its name is no text that a document can hold"
	}
	return ""
}

func (d *documentWriter) members(o *spec.Organization) {
	if o.Members == nil && len(d.cancelled(o, spec.KindMember)) == 0 {
		return
	}
	var good []spec.Member
	var bad []omission
	seen := map[string]bool{}
	for _, m := range o.Members {
		email := strings.ToLower(m.Email)
		if !spec.AcceptsEmail(m.Email) || seen[email] {
			bad = append(bad, omission{spec.NewAddress(o.Key, spec.KindMember, email), m.Email,
				"the e-mail address is none, or stands here already"})
			continue
		}
		seen[email] = true
		good = append(good, m)
	}
	d.block(o, spec.KindMember, "members", len(good))
	for i := range good {
		d.entry(spec.NewAddress(o.Key, spec.KindMember, good[i].Email), strings.ToLower(good[i].Email),
			writeMember(&good[i]))
	}
	d.writeOmissions(bad)
}

func writeMember(m *spec.Member) string {
	role := writeNameOrID(m.Role)
	if strings.EqualFold(m.Role, "owner") || m.Role == ownerRoleID {
		role = "" // written as the organization's owner only
	}
	switch {
	case m.State == spec.Absent && m.DeleteConnections:
		return "{state: absent, connections: delete}"
	case m.State == spec.Absent:
		return "{state: absent}"
	case m.Invite == nil && role != "":
		return role
	case m.Invite == nil:
		return "{}"
	}
	invite := []string{"name: " + writeText(m.Invite.Name)}
	if len(m.Invite.Teams) > 0 {
		invite = append(invite, "teams: "+writeList(m.Invite.Teams, writeNameOrID))
	}
	if m.Invite.Note != "" {
		invite = append(invite, "note: "+writeText(m.Invite.Note))
	}
	return "{role: " + role + ", invite: {" + strings.Join(invite, ", ") + "}}"
}

func (d *documentWriter) owner(o *spec.Organization) {
	if o.Owner == "" {
		return
	}
	a := spec.NewAddress(o.Key, spec.KindOwner, "")
	declared := o.Members == nil || slices.ContainsFunc(o.Members, func(m spec.Member) bool {
		return strings.EqualFold(m.Email, o.Owner) && m.State != spec.Absent
	})
	if !declared || !spec.AcceptsEmail(o.Owner) {
		d.skip(2, a, "owner", text.Visible(o.Owner)+" is not among the members, or no e-mail address")
		return
	}
	d.comments(2, d.options.Comments[a])
	d.field("owner", writeText(strings.ToLower(o.Owner)))
}

func (d *documentWriter) purge(o *spec.Organization) {
	var kinds []string
	for _, k := range o.Purge {
		if k == spec.KindVariable && o.Variables != nil || k == spec.KindMember && o.Members != nil {
			kinds = append(kinds, string(k))
		}
	}
	d.field("purge", writeList(kinds, writeText))
}
