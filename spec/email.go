package spec

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// NormalEmail is the one form of an e-mail address by which people are known: in lower case, in
// Unicode's composed form, without white space around it, and with the domain in Unicode: the same
// whether it was written as müller.example or as xn--mller-kva.example, or in the letters of other
// widths that IDNA takes for the plain ones. It serves patterns too.
func NormalEmail(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	if isASCII(address) && !strings.Contains(address, "xn--") {
		return address
	}
	address = norm.NFC.String(address)
	at := strings.LastIndexByte(address, '@') + 1
	labels := strings.Split(foldHost(address[at:]), ".")
	for i, label := range labels {
		if !strings.HasPrefix(label, "xn--") {
			continue
		}
		decoded, err := idna.Punycode.ToUnicode(label)
		decoded = norm.NFC.String(strings.ToLower(decoded))
		if err == nil && decoded == foldHost(decoded) { // otherwise it is the name of no host
			labels[i] = decoded
		}
	}
	return address[:at] + strings.Join(labels, ".")
}

// foldHost is a host as IDNA maps it. One that would no longer be a host stays as it is.
func foldHost(host string) string {
	folded := dots.Replace(norm.NFKC.String(strings.ToLower(norm.NFKC.String(host))))
	if strings.ContainsFunc(folded, func(r rune) bool { return r == '@' || unicode.IsSpace(r) }) {
		return host
	}
	return folded
}

// dots are what separates labels beside the full stop (RFC 3490, section 3.1).
var dots = strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".")

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
