package spec

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// NormalEmail is the one form of an e-mail address by which people are known: in lower case, in
// Unicode's composed form, without white space around it, and with the domain in Unicode: the same
// whether it was written as müller.example or as xn--mller-kva.example. It serves patterns too.
func NormalEmail(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	if isASCII(address) && !strings.Contains(address, "xn--") {
		return address
	}
	address = norm.NFC.String(address)
	at := strings.LastIndexByte(address, '@') + 1
	labels := strings.Split(address[at:], ".")
	for i, label := range labels {
		if !strings.HasPrefix(label, "xn--") {
			continue
		}
		if decoded, err := idna.Punycode.ToUnicode(label); err == nil {
			labels[i] = norm.NFC.String(strings.ToLower(decoded))
		}
	}
	return address[:at] + strings.Join(labels, ".")
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
