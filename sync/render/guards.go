package render

import (
	"fmt"
	"makesync/spec"
	"makesync/spec/text"
	"strings"
)

// guardWords names the guards that differ from the defaults.
func guardWords(guards *spec.Guards) string {
	if guards == nil {
		return ""
	}
	var words []string
	d := spec.DefaultGuards()
	words = append(words, limitWords("maxCreates", guards.MaxCreates, d.MaxCreates)...)
	if guards.MaxInvites != d.MaxInvites {
		words = append(words, fmt.Sprintf("maxInvites %d (default %d)", guards.MaxInvites, d.MaxInvites))
	}
	words = append(words, limitWords("maxDeletes", guards.MaxDeletes, d.MaxDeletes)...)
	words = append(words, limitWords("maxDeletesPerRun", guards.MaxDeletesPerRun, d.MaxDeletesPerRun)...)
	if guards.MinAdmins != d.MinAdmins {
		words = append(words, fmt.Sprintf("minAdmins %d (default %d)", guards.MinAdmins, d.MinAdmins))
	}
	words = append(words, namesWords("requiredAdmins", guards.RequiredAdmins)...)
	for _, list := range guards.EmailLists {
		words = append(words, namesWords("emails", globTexts(list))...)
	}
	words = append(words, namesWords("protect", globTexts(guards.Protect))...)
	return strings.Join(words, "; ")
}

func limitWords(name string, limits, defaults map[spec.Kind]int) []string {
	var words []string
	for _, kind := range spec.Kinds() {
		if limits[kind] != defaults[kind] {
			words = append(
				words,
				fmt.Sprintf("%s of %s %d (default %d)", name, kindWord(kind, 2), limits[kind], defaults[kind]),
			)
		}
	}
	return words
}

func namesWords(name string, values []string) []string {
	if len(values) == 0 {
		return nil
	}
	return []string{name + " " + text.AndMore(values, 4)}
}

func globTexts(globs []spec.Glob) []string {
	texts := make([]string, len(globs))
	for i, glob := range globs {
		texts[i] = glob.String()
	}
	return texts
}
