import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Shares a topic among two members of a classic group, static and found by a pattern, and prints what they have and see. */
public class Members {
  public static void main(String[] arguments) throws Exception {
    String bootstrap = arguments[0], topic = arguments[1], group = arguments[2], assignor = arguments[3];
    int partitions = Integer.parseInt(arguments[4]);
    var seen = new TreeSet<String>();
    try (var second = member(bootstrap, group, assignor, "second")) {
      try (var first = member(bootstrap, group, assignor, "first")) {
        var both = List.of(first, second);
        for (var one : both) one.subscribe(Pattern.compile(Pattern.quote(topic)));
        while (first.assignment().size() + second.assignment().size() != partitions || first.assignment().isEmpty()
            || second.assignment().isEmpty()) poll(both, seen);
        System.out.println("shares: " + first.assignment().size() + " " + second.assignment().size());
        write(bootstrap, topic, partitions, "a");
        while (seen.size() < partitions) poll(both, seen);
        System.out.println("seen by both: " + seen);
        for (var one : both) one.commitSync();
        first.unsubscribe();
      }
      while (second.assignment().size() < partitions) poll(List.of(second), seen);
      seen.clear();
      write(bootstrap, topic, partitions, "b");
      while (seen.size() < partitions) poll(List.of(second), seen);
      System.out.println("seen by the one that is left: " + seen);
      second.commitSync();
      long sum = 0;
      for (var found : second.committed(second.assignment()).values()) sum += found.offset();
      System.out.println("positions: " + sum);
    }
  }

  static KafkaConsumer<String, String> member(String bootstrap, String group, String assignor, String name) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("group.id", group);
    properties.put("group.instance.id", name);
    properties.put("session.timeout.ms", 2000);
    properties.put("heartbeat.interval.ms", 200);
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer." + assignor);
    return new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
  }

  static void poll(List<KafkaConsumer<String, String>> members, TreeSet<String> seen) {
    for (var one : members)
      for (var record : one.poll(Duration.ofMillis(50)))
        if (!seen.add(record.value())) throw new IllegalStateException(record.value() + " is seen twice");
  }

  static void write(String bootstrap, String topic, int partitions, String prefix) throws Exception {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrap);
    try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      List<java.util.concurrent.Future<?>> written = new ArrayList<>();
      for (int at = 0; at < partitions; at++)
        written.add(producer.send(new ProducerRecord<>(topic, at, null, prefix + at)));
      for (var one : written) one.get();
    }
  }
}
