// Plays a producer, the members of a group and transactions by franz-go, and prints what came of it, a line a fact.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const count = 30

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func open(options ...kgo.Opt) *kgo.Client {
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(strings.Split(os.Args[1], ",")...))...)
	check(err)
	return client
}

// produce writes count records, over all partitions, with a compression.
func produce(ctx context.Context, topic, prefix string, codec kgo.CompressionCodec, options ...kgo.Opt) {
	client := open(append(options, kgo.ProducerBatchCompression(codec), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))...)
	defer client.Close()
	write(ctx, client, topic, prefix)
}

func write(ctx context.Context, client *kgo.Client, topic, prefix string) {
	var records []*kgo.Record
	for i := 0; i < count; i++ {
		value := fmt.Sprintf("%s%02d", prefix, i)
		headers := []kgo.RecordHeader{{Key: "h", Value: []byte(value)}}
		records = append(records, &kgo.Record{Topic: topic, Value: []byte(value), Headers: headers})
	}
	check(client.ProduceSync(ctx, records...).FirstErr())
}

// values reads until as many are seen as are wanted, and returns them in order.
func values(ctx context.Context, client *kgo.Client, wanted int) []string {
	var seen []string
	for len(seen) < wanted {
		fetches := client.PollFetches(ctx)
		check(fetches.Err())
		fetches.EachRecord(func(record *kgo.Record) {
			if string(record.Headers[0].Value) != string(record.Value) {
				check(fmt.Errorf("the header is not that of %s", record.Value))
			}
			seen = append(seen, string(record.Value))
		})
	}
	sort.Strings(seen)
	return seen
}

func summary(seen []string) string {
	return fmt.Sprintf("%d from %s to %s", len(seen), seen[0], seen[len(seen)-1])
}

func committed() kgo.Opt { return kgo.FetchIsolationLevel(kgo.ReadCommitted()) }
func earliest() kgo.Opt  { return kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()) }

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	topic, output, name := os.Args[2], os.Args[3], os.Args[4]

	for i, codec := range []kgo.CompressionCodec{
		kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression(),
	} {
		produce(ctx, topic, string(rune('a'+i)), codec)
	}
	member := func() *kgo.Client {
		return open(kgo.ConsumerGroup(name), kgo.ConsumeTopics(topic), earliest(), kgo.DisableAutoCommit())
	}
	first := member()
	fmt.Println("the group sees", summary(values(ctx, first, 5*count)))
	check(first.CommitUncommittedOffsets(ctx))
	first.Close()
	produce(ctx, topic, "f", kgo.NoCompression())
	second := member()
	fmt.Println("the next member sees", summary(values(ctx, second, count)))
	check(second.CommitUncommittedOffsets(ctx))
	second.Close()

	transactional := open(kgo.TransactionalID(name), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))
	for _, end := range []struct {
		prefix string
		how    kgo.TransactionEndTry
	}{{"g", kgo.TryCommit}, {"x", kgo.TryAbort}, {"h", kgo.TryCommit}} {
		check(transactional.BeginTransaction())
		write(ctx, transactional, topic, end.prefix)
		check(transactional.Flush(ctx))
		check(transactional.EndTransaction(ctx, end.how))
	}
	fencing := open(kgo.TransactionalID(name))
	_, _, err := fencing.ProducerID(ctx)
	check(err)
	check(transactional.BeginTransaction())
	result := transactional.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("zombie")}).FirstErr()
	refused := errors.Is(result, kerr.InvalidProducerEpoch) || errors.Is(result, kerr.ProducerFenced)
	fmt.Println("the fenced one is refused:", refused)
	transactional.Close()
	fencing.Close()

	session, err := kgo.NewGroupTransactSession(
		kgo.SeedBrokers(strings.Split(os.Args[1], ",")...), kgo.TransactionalID(name+"-session"),
		kgo.ConsumerGroup(name), kgo.ConsumeTopics(topic), committed(), earliest(), kgo.RequireStableFetchOffsets())
	check(err)
	for copied := 0; copied < 2*count; {
		fetches := session.PollFetches(ctx)
		check(fetches.Err())
		check(session.Begin())
		fetches.EachRecord(func(record *kgo.Record) {
			session.Produce(ctx, &kgo.Record{Topic: output, Value: record.Value, Headers: record.Headers}, nil)
			copied++
		})
		ended, err := session.End(ctx, kgo.TryCommit)
		check(err)
		if !ended {
			check(fmt.Errorf("the session was aborted"))
		}
	}
	session.Close()
	reader := open(kgo.ConsumeTopics(output), committed(), earliest())
	fmt.Println("the session copied", summary(values(ctx, reader, 2*count)))
	reader.Close()
}
