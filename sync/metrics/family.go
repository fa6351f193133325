package metrics

import (
	"cmp"
	"slices"

	dto "github.com/prometheus/client_model/go"
)

// families are the metrics that have samples in this run, in the order in which a registry of
// Prometheus gives them: by their names, each sample's labels by name, the samples by the values
// of these. A registry itself would bring along what measures processes and machines.
func (m *Run) families() (all []*dto.MetricFamily) {
	for i := range table {
		if family := table[i].family(m); len(family.Metric) > 0 {
			all = append(all, family)
		}
	}
	slices.SortFunc(all, func(a, b *dto.MetricFamily) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return all
}

func (m *metric) family(run *Run) *dto.MetricFamily {
	family := &dto.MetricFamily{Name: &m.name, Help: &m.help, Type: &m.kind}
	for _, s := range m.samples(run) {
		series := &dto.Metric{Label: m.pairs(s.labels)}
		switch m.kind {
		case counter:
			series.Counter = &dto.Counter{Value: &s.value}
		default:
			series.Gauge = &dto.Gauge{Value: &s.value}
		}
		family.Metric = append(family.Metric, series)
	}
	slices.SortFunc(family.Metric, func(a, b *dto.Metric) int {
		return slices.CompareFunc(a.Label, b.Label, func(x, y *dto.LabelPair) int {
			return cmp.Compare(x.GetValue(), y.GetValue())
		})
	})
	return family
}

// pairs are the values with the labels that they are of, sorted by these.
func (m *metric) pairs(values []string) []*dto.LabelPair {
	pairs := make([]*dto.LabelPair, 0, len(values))
	for i, value := range values {
		pairs = append(pairs, &dto.LabelPair{Name: &m.labels[i], Value: &value})
	}
	slices.SortFunc(pairs, func(a, b *dto.LabelPair) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return pairs
}
