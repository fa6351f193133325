package document

import "makesync/spec"

// Rule is one thing that a document can get wrong. ID is stable: it stands in
// the output of `validate` and in the README.
type Rule struct {
	ID       string
	Severity spec.Severity
	Sentence string
}

// The ids of the rules, in the order of the table below.
const (
	ruleMissingFile   = "missing-file"
	ruleUnreadable    = "unreadable-file"
	ruleEmptyFolder   = "empty-folder"
	ruleNotRead       = "not-a-document"
	ruleTooLarge      = "file-too-large"
	ruleTooMuch       = "documents-too-large"
	ruleNotText       = "not-text"
	ruleSyntax        = "syntax"
	ruleEmptyDocument = "empty-document"
	ruleAliasBomb     = "alias-bomb"
	ruleMergeKey      = "merge-key"
	ruleTag           = "tag"
	ruleAmbiguous     = "yaml-trap"

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
	ruleIdleZoneURL      = "zone-url-matches-nothing"
	ruleZoneURL          = "zone-url"
	ruleZoneName         = "zone-name"
	ruleLiteralToken     = "literal-token"
	ruleSandboxPath      = "sandbox-path"
	ruleSandboxZone      = "sandbox-zone"
	ruleUnknownProfile   = "unknown-profile"
	ruleDeleteWithoutID  = "delete-without-id"
	ruleAbsentConflict   = "absent-conflict"
	ruleAbsentKept       = "absent-kept"
	rulePurgeKind        = "purge-kind"
	rulePurgeBlock       = "purge-without-block"
	ruleGuard            = "guard-value"
	ruleGlob             = "bad-glob"
	ruleImpossible       = "impossible-pattern"
	rulePatternKey       = "pattern-without-organization"
	ruleGuardCut         = "guard-cut"
	ruleFewOrganizations = "min-organizations"
	rulePolicy           = "policy"
	ruleSuppression      = "suppression"

	ruleVariableName  = "variable-name"
	ruleVariableValue = "variable-value"
	rulePrecision     = "number-precision"
	ruleEmptyValue    = "empty-value"
	rulePlaceholder   = "placeholder"
	ruleReference     = "unresolved-reference"
	ruleMisplaced     = "misplaced-reference"
	ruleTemplate      = "organization-text"
	ruleBraces        = "braces-as-text"
	ruleTokenAsValue  = "token-as-value"

	ruleEmail       = "bad-email"
	ruleMemberCase  = "duplicate-member"
	ruleOwnerRole   = "owner-role"
	ruleOwnerMember = "owner-not-member"
	ruleInviteEmail = "invite-email"
	ruleInviteRole  = "invite-without-role"
	ruleInviteName  = "invite-name"
	ruleConnections = "connections"

	ruleBillingIdentity = "billing-without-identity"
	ruleBillingValue    = "billing-value"
)

// rules is the whole table; a test compares it with the ids above and with what
// the documents of testdata/problems can provoke.
var rules = []Rule{
	{ruleMissingFile, spec.Error, "A file or folder that was named does not exist."},
	{ruleUnreadable, spec.Error,
		"A file or folder cannot be read: no permission, a loop of links, or no regular file."},
	{ruleEmptyFolder, spec.Error, "A folder that was named holds no *.yaml or *.yml file."},
	{ruleNotRead, spec.Warning,
		"A folder holds linked folders, or files that end in .YAML or .YML, which are not read."},
	{ruleTooLarge, spec.Error, "A file is larger than 64 MB, or one of guards or renames than 16 MB; it is not read."},
	{ruleTooMuch, spec.Error, "All documents together hold or declare more than is read."},
	{ruleNotText, spec.Error, "A file is not UTF-8 text: binary, UTF-16, or with control characters, " +
		"also such as have it look otherwise than it is read."},
	{ruleSyntax, spec.Error, "A file is not valid YAML or JSON."},
	{ruleEmptyDocument, spec.Error, "A document holds nothing."},
	{ruleAliasBomb, spec.Error, "Aliases grow a document far beyond its size, or form a loop."},
	{ruleMergeKey, spec.Error, "Merge keys (<<) are not read; profiles do their work."},
	{ruleTag, spec.Error, "Tags such as !!str or !secret are not read."},
	{ruleAmbiguous, spec.Error,
		"An unquoted text means one thing to YAML 1.1 and another to YAML 1.2: NO, on, 010, 1_000, 1e3, 12:30, " +
			"2026-11-20; or a number that is no variable's value is not written in decimal digits: 0x10, +5."},
	{ruleAPIVersion, spec.Error, "A document does not begin with apiVersion: makesync/v1."},
	{ruleUnknownKey, spec.Error, "A key that makesync does not know; keys that begin with x- are ignored instead."},
	{ruleReservedKey, spec.Error, "A key that is kept for a later version: teams, teamVariables, customRoles, labels."},
	{ruleProfileKey, spec.Error,
		"A profile holds what only one organization can have: name, id, zone, state, owner, profiles, subscription, " +
			"paymentMethods."},
	{ruleDuplicateKey, spec.Error, "The same key stands twice in one mapping."},
	{ruleKeyCase, spec.Error, "Two keys differ only in upper and lower case, or are one name of a feature control."},
	{ruleWrongType, spec.Error, "A value of another type than the key takes."},
	{ruleNull, spec.Error, "An empty value (null) that cancels nothing a profile declares."},
	{ruleRequired, spec.Error, "A key that has to be there is missing."},
	{ruleUnknownValue, spec.Error, "A value that is none of those the key takes."},
	{ruleTooLong, spec.Error, "A text is longer than anything Make takes."},
	{ruleSettingTwice, spec.Error, "The same setting, organization or profile stands in two places."},
	{ruleOrganizationKey, spec.Error, "An organization's or profile's key is not made of a-z, 0-9 and -."},
	{ruleOrganizationName, spec.Error, "An organization's name is one that Make refuses."},
	{ruleSameID, spec.Error, "Two organizations of one zone have the same id."},
	{ruleSameName, spec.Error, "Two organizations of one zone have the same name and at least one no id."},
	{ruleNoZone, spec.Error,
		"An organization has no zone: neither its own, nor its document's, nor --zone, nor MAKE_ZONE."},
	{ruleUnknownZone, spec.Error, "A zone is neither built in nor declared under zones."},
	{ruleZoneURL, spec.Error,
		"A zone's url or host is none that makesync calls: not https, with a path, or another one for a " +
			"built-in zone."},
	{ruleZoneName, spec.Error,
		"A zone's name differs from that of another zone only in case or punctuation, and its token's variable would " +
			"be that one's."},
	{ruleLiteralToken, spec.Error, "The token of a zone that is no sandbox stands in a document."},
	{ruleSandboxZone, spec.Error,
		"A document turns a built-in zone into a sandbox, and nobody who starts the run asked for that; or one for " +
			"which MAKESYNC_HOSTS names a host."},
	{ruleSandboxPath, spec.Error,
		"A sandbox's seed or state does not lie below the document's folder, links followed, or is a file of git; " +
			"or its path is longer than 1,024 bytes."},
	{ruleIdleZoneURL, spec.Error,
		"--zone-url names a zone in which no organization of the documents lives, which none declares, and which " +
			"no other flag names, while a zone of the run has no --zone-url."},
	{ruleUnknownProfile, spec.Error, "An organization names a profile that no document declares."},
	{ruleDeleteWithoutID, spec.Error, "An organization with state: absent has no id."},
	{ruleAbsentConflict, spec.Error,
		"state: absent stands beside keys that only make sense for something that is there."},
	{ruleAbsentKept, spec.Warning,
		"A profile says state: absent, and an organization that uses it keeps the object (value, role or null)."},
	{rulePurgeKind, spec.Error, "purge names a kind that cannot be purged."},
	{rulePurgeBlock, spec.Error, "purge names a kind whose block is absent; write {} when none shall remain."},
	{ruleGuard, spec.Error, "A guard's value is negative or no whole number, or a kind is one it does not count."},
	{ruleGlob, spec.Error, "A pattern cannot be read."},
	{ruleImpossible, spec.Error,
		"A pattern of protect, sensitive or emails can match nothing: another word for the kind, upper case in " +
			"the key, a slash at the beginning, a name alone."},
	{rulePatternKey, spec.Error,
		"A pattern of protect or sensitive fits no declared organization: an error when one of nearly that key is " +
			"declared, else a warning."},
	{ruleGuardCut, spec.Warning,
		"A document wants a guard weaker than a trusted file or the default has it; it is cut."},
	{ruleFewOrganizations, spec.Error, "The documents declare fewer organizations than minOrganizations wants."},
	{rulePolicy, spec.Error,
		"A policy cannot be read, its expression is wrong, one of its tests fails, or a plan breaks it."},
	{ruleSuppression, spec.Warning,
		"An exception from a policy does not count: it has no reason or no day, or its day is past."},
	{ruleVariableName, spec.Error, "A variable's name is one that Make refuses."},
	{ruleVariableValue, spec.Error, "A variable's value does not fit its type."},
	{rulePrecision, spec.Warning, "A number has more digits than a double holds, which is what Make keeps."},
	{ruleEmptyValue, spec.Error, "A variable has no value, or an empty one, which Make refuses."},
	{rulePlaceholder, spec.Error, "A value looks like a placeholder that was never filled in: ${…}, ##X##, ***."},
	{ruleReference, spec.Error, "A reference names a variable that is not set or a file that cannot be read."},
	{ruleTemplate, spec.Error,
		"A profile speaks of its organization (${org.…}) in a word that the organization does not have."},
	{ruleBraces, spec.Warning,
		"A text of a profile that people read holds {key}, {name} or {id}, which is sent as it stands."},
	{ruleMisplaced, spec.Error,
		"A reference stands where none is read: anywhere but in a variable's value and a zone's token."},
	{ruleTokenAsValue, spec.Error,
		"A variable's value refers to makesync's own token or key, or a value, name or note holds one of this run."},
	{ruleEmail, spec.Error, "An e-mail address is none."},
	{ruleMemberCase, spec.Error,
		"Two members are the same but for upper and lower case, or another spelling of one address."},
	{ruleOwnerRole, spec.Error, "A member has the role Owner; ownership is written only as owner."},
	{ruleOwnerMember, spec.Error, "The owner is not among the declared members."},
	{ruleInviteEmail, spec.Error, "An invitation goes to an address outside the emails guard."},
	{ruleInviteRole, spec.Error, "An invitation has no role."},
	{ruleInviteName, spec.Error, "An invitee's name is one that Make refuses."},
	{ruleConnections, spec.Error, "connections stands beside a member who is not absent."},
	{ruleBillingIdentity, spec.Error,
		"subscription or paymentMethods stands in an organization that has not both name and id."},
	{ruleBillingValue, spec.Error,
		"A tier, a period, an amount or a currency is none, or stands beside the plan Free."},
	{spec.RuleSchema, spec.Error, "A JSON text does not fit its published schema."},
}

// Rules gives the table of everything that loading and resolving can find, in a fixed order.
func Rules() []Rule { return append([]Rule(nil), rules...) }

var severities = func() map[string]spec.Severity {
	m := make(map[string]spec.Severity, len(rules))
	for _, r := range rules {
		m[r.ID] = r.Severity
	}
	return m
}()
