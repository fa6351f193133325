package state

import (
	"sort"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxKey is how long a derived key gets: it is a file name, a part of every
// address and something that people type.
const maxKey = 40

// letters are the Latin letters that do not decompose into a base letter and
// marks, and the Cyrillic and Greek alphabets, as people of those languages
// write them in ASCII. What is in neither becomes a hyphen.
var letters = func() map[rune]string {
	table := map[rune]string{
		'ß': "ss", 'ł': "l", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'æ': "ae", 'œ': "oe", 'ı': "i", 'ħ': "h",
		'ŋ': "ng",
		'ж': "zh", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ъ': "", 'ь': "", 'ю': "yu", 'я': "ya",
		'є': "ie", 'ґ': "g", 'θ': "th", 'χ': "ch", 'ψ': "ps", '&': " and ", '\'': "", '’': "",
	}
	for from, to := range map[string]string{
		"абвгдезиклмнопрстуфыэі": "abvgdeziklmnoprstufyei",
		"αβγδεζηικλμνξοπρσςτυφω": "avgdeziiklmnxoprsstyfo",
	} {
		for i, r := range []rune(from) {
			table[r] = to[i : i+1]
		}
	}
	return table
}()

// keyOf makes a key of a name: `Žluťoučký kůň, s.r.o.` becomes zlutoucky-kun-s-r-o. It is empty
// when nothing of the name can be written in [a-z0-9-].
func keyOf(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(norm.NFKC.String(name))) {
		text, known := letters[r]
		switch {
		case known:
			b.WriteString(text)
		case unicode.Is(unicode.Mn, r):
		case r < unicode.MaxASCII && (unicode.IsLower(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return shorten(strings.Join(strings.Fields(b.String()), "-"))
}

// shorten cuts a key at a word's end where there is one in its second half.
func shorten(key string) string {
	if len(key) <= maxKey {
		return key
	}
	if cut := strings.LastIndexByte(key[:maxKey+1], '-'); cut > maxKey/2 {
		return key[:cut]
	}
	return key[:maxKey]
}

// DeriveKeys gives every organization of a zone its key, by id: short, made of
// [a-z0-9-], unique, and the same in every run as long as the names stay. Where
// names lead to one key, all of them carry their id (acme-11, acme-12), so that
// no key depends on the order of a list. An organization without a usable name
// is org-ID; so is the beginning of a key that a document would ignore (x-…).
func DeriveKeys(organizations []*Organization) map[int64]string {
	keys := make(map[int64]string, len(organizations))
	for _, live := range organizations {
		key := keyOf(live.Name)
		switch {
		case key == "":
			key = "org-" + strconv.FormatInt(live.ID, 10)
		case strings.HasPrefix(key, "x-"):
			key = "org-" + key
		}
		keys[live.ID] = key
	}
	for clashing := clashes(keys); len(clashing) > 0; clashing = clashes(keys) {
		for _, id := range clashing {
			keys[id] += "-" + strconv.FormatInt(id, 10)
		}
	}
	return keys
}

// clashes lists the ids whose key another id has too, in order.
func clashes(keys map[int64]string) []int64 {
	count := make(map[string]int, len(keys))
	for _, key := range keys {
		count[key]++
	}
	var ids []int64
	for id, key := range keys {
		if count[key] > 1 {
			ids = append(ids, id)
		}
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids
}
