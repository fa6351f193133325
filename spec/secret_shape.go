package spec

import (
	"strings"
)

// secretPrefixes begin the keys and tokens of well-known services.
var secretPrefixes = []string{
	"sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", "sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
	"github_pat_", "glpat-", "gldt-", "xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-", "xapp-", "AKIA", "ASIA", "AIza",
	"ya29.", "SG.", "npm_", "pypi-", "dop_v1_", "shpat_", "shpss_", "shppa_", "EAAA", "pat-", "lin_api_", "secret_",
	"ntn_", "hf_", "dckr_pat_", "Bearer ", "Basic ",
}

// leastToken is how long the shortest token behind a prefix is, in bytes; below that it is a word.
const leastToken = 16

// LooksSecret tells by its shape alone that a value is a secret, or that one stands in it: a
// private key in PEM, a password in a url or behind its name, a JSON web token, the key of a
// well-known service, or the url of a webhook, which is all that its receiver asks for.
func LooksSecret(value string) bool {
	switch {
	case len(value) < 8:
		return false
	case strings.Contains(value, "-----BEGIN ") && strings.Contains(value, "PRIVATE KEY"):
		return true
	case holdsKey(value):
		return true
	case strings.IndexByte(value, ':') < 0 && strings.IndexByte(value, '=') < 0:
		return false // most values: the other shapes have one of them
	}
	return holdsPassword(value) || holdsWebhook(value) || namesSecret(value)
}

// keyOf is what stands behind the prefix of a well-known service, where that is long enough.
func keyOf(word string) (rest string, ok bool) {
	for _, prefix := range secretPrefixes {
		if rest, ok := strings.CutPrefix(word, prefix); ok {
			return rest, len(rest) >= leastToken
		}
	}
	return "", false
}

// holdsKey finds a key or a web token: as all of the value, or as a word in it, which then has a
// digit, since the prefixes begin other words too.
func holdsKey(value string) bool {
	if len(value) < leastToken {
		return false
	}
	if rest, ok := keyOf(strings.TrimSpace(value)); ok && !strings.ContainsAny(rest, " \t\n") {
		return true
	}
	for len(value) >= leastToken {
		size := wordLength(value)
		word := value[:size]
		if size >= leastToken && (isWebToken(word) || hasDigit(word) && isKeyInText(word)) {
			return true
		}
		scheme := isScheme(word)
		value = value[min(size+1, len(value)):]
		if word = value[:wordLength(value)]; scheme && len(word) >= leastToken && hasDigit(word) {
			return true
		}
	}
	return false
}

func isKeyInText(word string) bool {
	_, ok := keyOf(word)
	return ok
}

// isScheme tells whether a word announces what is sent to prove who somebody is.
func isScheme(word string) bool {
	return strings.EqualFold(word, "Bearer") || strings.EqualFold(word, "Basic")
}

// wordLength is how long the first word of a text is: to what separates words in prose, JSON, urls
// and connection strings.
func wordLength(s string) int {
	if i := strings.IndexAny(s, wordEnds); i >= 0 {
		return i
	}
	return len(s)
}

const wordEnds = " \t\r\n\"'`<>()[]{},;:=&?|"

func hasDigit(word string) bool { return strings.ContainsAny(word, "0123456789") }

// holdsWebhook finds the url of a webhook of Make or of a chat.
func holdsWebhook(value string) bool {
	const scheme = "https://"
	for {
		_, rest, found := strings.Cut(value, scheme)
		if !found {
			return false
		}
		url, _, _ := strings.Cut(rest, scheme) // or each would be read to the end of the last
		host, path, _ := strings.Cut(url[:urlLength(url)], "/")
		if isWebhook(strings.ToLower(host), path) {
			return true
		}
		value = rest
	}
}

func urlLength(s string) int {
	if i := strings.IndexAny(s, " \t\r\n\"'`<>()[]{},;"); i >= 0 {
		return i
	}
	return len(s)
}

func isWebhook(host, path string) bool {
	if len(path) < leastToken {
		return false
	}
	switch host {
	case "hooks.slack.com":
		return true
	case "discord.com", "discordapp.com":
		return strings.HasPrefix(path, "api/webhooks/")
	}
	ofMake := strings.HasSuffix(host, ".make.com") || strings.HasSuffix(host, ".make.celonis.com")
	return ofMake && strings.HasPrefix(host, "hook.") || strings.HasSuffix(host, ".webhook.office.com")
}

// leastNamed is how long the shortest secret behind its name is, in bytes.
const leastNamed = 6

// namesSecret finds a secret behind its name: password=…, "token": "…", api_key=….
func namesSecret(value string) bool {
	for at := 0; ; at++ {
		next := strings.IndexAny(value[at:], "=:")
		if next < 0 {
			return false
		}
		at += next
		name := strings.TrimRight(value[:at], " \"'")
		name = name[strings.LastIndexAny(name, wordEnds)+1:]
		rest := strings.TrimLeft(value[at+1:], " \"'")
		word := rest[:wordLength(rest)]
		if len(word) >= leastNamed && isNamedSecret(name, word, value[at]) {
			return true
		}
	}
}

// isNamedSecret tells whether a word is what its name says. A colon stands in prose, too, and so
// does what is called a key: there a secret has a digit, and behind a key many letters.
func isNamedSecret(name, word string, sign byte) bool {
	key := !isSecretName(name + "_x") // by its last word
	switch {
	case !isSecretName(name):
		return false
	case key:
		return len(word) >= leastToken && hasDigit(word)
	default:
		return sign == '=' || hasDigit(word)
	}
}

// holdsPassword finds user:password@host, with a scheme before it or without.
func holdsPassword(value string) bool {
	for {
		before, after, ok := strings.Cut(value, "@")
		if !ok {
			return false
		}
		word := before[strings.LastIndexAny(before, " \t\r\n\"'<>(,;")+1:]
		if scheme := strings.LastIndex(word, "://"); scheme >= 0 {
			word = word[scheme+len("://"):]
			if strings.Contains(word, "/") {
				word = ""
			}
		} else if strings.HasPrefix(strings.ToLower(word), "mailto:") || strings.Contains(word, "/") {
			word = ""
		}
		user, password, found := strings.Cut(word, ":")
		if found && password != "" && (user != "" || strings.Contains(before, "://")) && after != "" &&
			!strings.ContainsAny(after[:1], " \t\r\n@") {
			return true
		}
		value = after
	}
}

// isWebToken finds a JSON web token: three parts of base64, the first of which begins an object.
func isWebToken(value string) bool {
	return strings.HasPrefix(value, "eyJ") && strings.Count(value, ".") == 2 && len(value) >= 40 &&
		!strings.ContainsAny(value, " \t\r\n")
}
