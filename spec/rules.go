package spec

// Rule is one thing that a document can get wrong. ID is stable: it stands in
// the output of `validate` and in the README.
type Rule struct {
	ID       string
	Severity Severity
	Sentence string
}

// The ids of the rules, in the order of the table below.
const (
	ruleMissingFile   = "missing-file"
	ruleUnreadable    = "unreadable-file"
	ruleEmptyFolder   = "empty-folder"
	ruleTooLarge      = "file-too-large"
	ruleNotText       = "not-text"
	ruleSyntax        = "syntax"
	ruleEmptyDocument = "empty-document"
	ruleAliasBomb     = "alias-bomb"
	ruleMergeKey      = "merge-key"
	ruleTag           = "tag"
	ruleTrap          = "yaml-trap"

	ruleAPIVersion   = "api-version"
	ruleUnknownKey   = "unknown-key"
	ruleReservedKey  = "reserved-key"
	ruleProfileKey   = "profile-key"
	ruleDuplicateKey = "duplicate-key"
	ruleKeyCase      = "duplicate-key-case"
	ruleWrongType    = "wrong-type"
	ruleNull         = "null-value"
	ruleRequired     = "missing-key"
	ruleUnknownValue = "unknown-value"
	ruleTooLong      = "too-long"

	ruleSettingTwice     = "setting-twice"
	ruleOrganizationKey  = "organization-key"
	ruleOrganizationName = "organization-name"
	ruleSameID           = "same-id"
	ruleSameName         = "same-name"
	ruleNoZone           = "no-zone"
	ruleUnknownZone      = "unknown-zone"
	ruleZoneURL          = "zone-url"
	ruleUnknownProfile   = "unknown-profile"
	ruleDeleteWithoutID  = "delete-without-id"
	ruleAbsentConflict   = "absent-conflict"
	rulePurgeKind        = "purge-kind"
	rulePurgeBlock       = "purge-without-block"
	ruleGuard            = "guard-value"
	ruleGlob             = "bad-glob"

	ruleVariableName  = "variable-name"
	ruleVariableValue = "variable-value"
	ruleEmptyValue    = "empty-value"
	rulePlaceholder   = "placeholder"
	ruleReference     = "unresolved-reference"
	ruleMisplaced     = "misplaced-reference"
	ruleTokenAsValue  = "token-as-value"

	ruleEmail       = "bad-email"
	ruleMemberCase  = "duplicate-member"
	ruleOwnerRole   = "owner-role"
	ruleOwnerMember = "owner-not-member"
	ruleInviteEmail = "invite-email"
	ruleInviteRole  = "invite-without-role"
	ruleInviteName  = "invite-name"
	ruleConnections = "connections"
)

// rules is the whole table; a test compares it with the ids above and with what
// the documents of testdata/problems can provoke.
var rules = []Rule{
	{ruleMissingFile, Error, "A file or folder that was named does not exist."},
	{ruleUnreadable, Error, "A file or folder cannot be read: no permission, a loop of links, or no regular file."},
	{ruleEmptyFolder, Error, "A folder that was named holds no *.yaml or *.yml file."},
	{ruleTooLarge, Error, "A file is larger than 64 MB; it is not read."},
	{ruleNotText, Error, "A file is not UTF-8 text: binary, UTF-16, or with control characters."},
	{ruleSyntax, Error, "A file is not valid YAML or JSON."},
	{ruleEmptyDocument, Error, "A document holds nothing."},
	{ruleAliasBomb, Error, "Aliases grow a document far beyond its size, or form a loop."},
	{ruleMergeKey, Error, "Merge keys (<<) are not read; profiles do their work."},
	{ruleTag, Error, "Tags such as !!str or !secret are not read."},
	{ruleTrap, Error, "An unquoted text means one thing to YAML 1.1 and another to YAML 1.2: NO, on, 010, 1_000, 1e3, 12:30, 2026-11-20."},
	{ruleAPIVersion, Error, "A document does not begin with apiVersion: makesync/v1."},
	{ruleUnknownKey, Error, "A key that makesync does not know; keys that begin with x- are ignored instead."},
	{ruleReservedKey, Error, "A key that is kept for a later version: teams, teamVariables, customRoles, labels."},
	{ruleProfileKey, Error, "A profile holds what only one organization can have: name, id, zone, state, owner, profiles."},
	{ruleDuplicateKey, Error, "The same key stands twice in one mapping."},
	{ruleKeyCase, Error, "Two keys differ only in upper and lower case."},
	{ruleWrongType, Error, "A value of another type than the key takes."},
	{ruleNull, Error, "An empty value (null) that cancels nothing a profile declares."},
	{ruleRequired, Error, "A key that has to be there is missing."},
	{ruleUnknownValue, Error, "A value that is none of those the key takes."},
	{ruleTooLong, Error, "A text is longer than anything Make takes."},
	{ruleSettingTwice, Error, "The same setting, organization or profile stands in two places."},
	{ruleOrganizationKey, Error, "An organization's or profile's key is not made of a-z, 0-9 and -."},
	{ruleOrganizationName, Error, "An organization's name is one that Make refuses."},
	{ruleSameID, Error, "Two organizations of one zone have the same id."},
	{ruleSameName, Error, "Two organizations of one zone have the same name and at least one no id."},
	{ruleNoZone, Error, "An organization has no zone: neither its own, nor its document's, nor --zone, nor MAKE_ZONE."},
	{ruleUnknownZone, Error, "A zone is neither built in nor declared under zones."},
	{ruleZoneURL, Error, "A zone's url or host is none that makesync calls: not https, with a path, or another one for a built-in zone."},
	{ruleUnknownProfile, Error, "An organization names a profile that no document declares."},
	{ruleDeleteWithoutID, Error, "An organization with state: absent has no id."},
	{ruleAbsentConflict, Error, "state: absent stands beside keys that only make sense for something that is there."},
	{rulePurgeKind, Error, "purge names a kind that cannot be purged."},
	{rulePurgeBlock, Error, "purge names a kind whose block is absent; write {} when none shall remain."},
	{ruleGuard, Error, "A guard's value is negative or no whole number, or a kind is one it does not count."},
	{ruleGlob, Error, "A pattern cannot be read, or can match nothing."},
	{ruleVariableName, Error, "A variable's name is one that Make refuses."},
	{ruleVariableValue, Error, "A variable's value does not fit its type."},
	{ruleEmptyValue, Error, "A variable has no value, or an empty one, which Make refuses."},
	{rulePlaceholder, Error, "A value looks like a placeholder that was never filled in: ${…}, ##X##, ***."},
	{ruleReference, Error, "A reference names a variable that is not set or a file that cannot be read."},
	{ruleMisplaced, Error, "A reference stands where none is read: anywhere but in a variable's value and a zone's token."},
	{ruleTokenAsValue, Error, "A variable's value refers to makesync's own token or key."},
	{ruleEmail, Error, "An e-mail address is none."},
	{ruleMemberCase, Error, "Two members are the same but for upper and lower case."},
	{ruleOwnerRole, Error, "A member has the role Owner; ownership is written only as owner."},
	{ruleOwnerMember, Error, "The owner is not among the declared members."},
	{ruleInviteEmail, Error, "An invitation goes to an address outside the emails guard."},
	{ruleInviteRole, Error, "An invitation has no role."},
	{ruleInviteName, Error, "An invitee's name is one that Make refuses."},
	{ruleConnections, Error, "connections stands beside a member who is not absent."},
	{RuleSchema, Error, "A JSON text does not fit its published schema."},
}

// Rules gives the table of everything that loading and resolving can find, in a fixed order.
func Rules() []Rule { return append([]Rule(nil), rules...) }

var severities = func() map[string]Severity {
	m := make(map[string]Severity, len(rules))
	for _, r := range rules {
		m[r.ID] = r.Severity
	}
	return m
}()
