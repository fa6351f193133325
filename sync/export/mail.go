package export

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/sync/state"
)

// mostDomains is how many patterns a suggestion has: what is beyond is rare, and a guest's.
const mostDomains = 20

// publicMail are providers where everybody gets an address: their domains say nothing of a person.
var publicMail = []string{"aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com",
	"live.com", "mail.com", "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "qq.com",
	"seznam.cz", "t-online.de", "web.de", "yahoo.com", "yandex.ru", "zoho.com"}

// plainDomain is a domain that needs no quotes and is no pattern, wherever it is written.
var plainDomain = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

// MailPatterns suggests who may be invited: the domains of those who are there or have been
// invited, the most frequent first. Public providers are left out, and what a zone writes oddly.
func MailPatterns(organizations []*state.Organization) []string {
	people := map[string]map[string]bool{}
	for _, o := range organizations {
		for _, member := range o.Members {
			email := spec.NormalEmail(member.Email)
			_, domain, _ := strings.Cut(email, "@")
			if !plainDomain.MatchString(domain) || slices.Contains(publicMail, domain) {
				continue
			}
			if people[domain] == nil {
				people[domain] = map[string]bool{}
			}
			people[domain][email] = true
		}
	}
	var patterns []string
	for domain := range people {
		patterns = append(patterns, "*@"+domain)
	}
	slices.SortFunc(patterns, func(a, b string) int {
		return cmp.Or(len(people[b[2:]])-len(people[a[2:]]), cmp.Compare(a, b))
	})
	return patterns[:min(len(patterns), mostDomains)]
}
