package spec

import "strings"

// Kind is one of the kinds of object that makesync manages.
type Kind string

// The kinds, in the order in which a plan lists them.
const (
	KindOrganization   Kind = "organization"
	KindSubscription   Kind = "subscription"
	KindPaymentMethods Kind = "paymentMethods"
	KindFeatureControl Kind = "featureControl"
	KindVariable       Kind = "variable"
	KindMember         Kind = "member"
	KindTFA            Kind = "tfa"
	KindOwner          Kind = "owner"
)

// Kinds lists every kind, in the order in which a plan lists them.
func Kinds() []Kind {
	return []Kind{KindOrganization, KindSubscription, KindPaymentMethods, KindFeatureControl, KindVariable, KindMember,
		KindTFA, KindOwner}
}

// Address names one object: `acme`, `acme/variable/API_BASE`, `acme/tfa`,
// `acme/member/jane@acme.example`. The name part is percent-encoded where it
// holds `/ * ? [ %`, so that an address can be used as a glob as it stands.
type Address string

// NewAddress makes the address of an object. Name is the plain, unencoded name:
// it is empty for kinds that an organization has once (organization, subscription, tfa).
func NewAddress(key string, kind Kind, name string) Address {
	switch {
	case kind == KindOrganization:
		return Address(key)
	case name == "":
		return Address(key + "/" + string(kind))
	default:
		return Address(key + "/" + string(kind) + "/" + nameEncoder.Replace(name))
	}
}

var (
	nameEncoder = strings.NewReplacer("%", "%25", "/", "%2F", "*", "%2A", "?", "%3F", "[", "%5B")
	nameDecoder = strings.NewReplacer("%2F", "/", "%2A", "*", "%3F", "?", "%5B", "[", "%25", "%")
)

// Key is the organization's key.
func (a Address) Key() string {
	key, _, _ := strings.Cut(string(a), "/")
	return key
}

// Kind is the object's kind.
func (a Address) Kind() Kind {
	_, rest, ok := strings.Cut(string(a), "/")
	if !ok {
		return KindOrganization
	}
	kind, _, _ := strings.Cut(rest, "/")
	return Kind(kind)
}

// Folded is the address in the one form of all that mean its object: feature controls go by their
// names without case. It is for comparing, and never shown.
func (a Address) Folded() Address {
	if a.Kind() != KindFeatureControl {
		return a
	}
	return Address(foldedName(string(a)))
}

// foldedName is an address, or a pattern of some, with its last part as FoldName has it.
func foldedName(address string) string {
	name := strings.LastIndexByte(address, '/') + 1
	return address[:name] + FoldName(address[name:])
}

// Name is the object's plain name, empty for organization and tfa.
func (a Address) Name() string {
	_, rest, _ := strings.Cut(string(a), "/")
	_, name, _ := strings.Cut(rest, "/")
	if !strings.Contains(name, "%") {
		return name // as nearly all are
	}
	return nameDecoder.Replace(name)
}
