package spec

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// ParseShard reads "2/4": part 2 of 4, counted from 1.
func ParseShard(text string) (Shard, error) {
	index, count, ok := strings.Cut(text, "/")
	s := Shard{}
	var err1, err2 error
	s.Index, err1 = strconv.Atoi(index)
	s.Count, err2 = strconv.Atoi(count)
	if !ok || err1 != nil || err2 != nil || s.Count < 1 || s.Index < 1 || s.Index > s.Count {
		return Shard{}, fmt.Errorf("shard %q: write INDEX/COUNT, such as 1/4, with INDEX from 1 to COUNT", text)
	}
	return s, nil
}

// Has tells whether an organization belongs to the shard; every key belongs to exactly one of
// Count. It looks at nothing but the key, so that two machines whose documents differ by a commit
// never both hold an organization. A nil shard has every organization.
func (s *Shard) Has(key string) bool {
	if s == nil || s.Count <= 1 {
		return true
	}
	sum := sha256.Sum256([]byte(key))
	return binary.BigEndian.Uint64(sum[:8])%uint64(s.Count) == uint64(s.Index-1)
}

// Share is a shard's part, rounded up, of a limit that counts over a run: shards do not know of
// each other, so together they stay below the limit only to the next multiple of Count.
func (s *Shard) Share(limit int) int {
	if s == nil || s.Count <= 1 || limit <= 0 {
		return limit
	}
	return (limit + s.Count - 1) / s.Count
}

// Describe says of a count that it is that of a shard.
func (s *Shard) Describe() string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf(" (shard %d of %d, which has its part of the limit)", s.Index, s.Count)
}

// Total is a limit of the run of which the shard's part is n: the inverse of Share.
func (s *Shard) Total(n int) int {
	if s == nil || n < 0 {
		return n
	}
	return n * s.Count
}

// Shard is part Index (from 1) of Count of a run.
type Shard struct {
	Index int `json:"index"`
	Count int `json:"count"`
}
