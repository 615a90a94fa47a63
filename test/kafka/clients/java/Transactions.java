import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Plays transactions and prints what came of each step, a line a fact. */
public class Transactions {
  static String bootstrap, topic;

  public static void main(String[] arguments) throws Exception {
    bootstrap = arguments[0];
    topic = arguments[1];
    String id = arguments[2], group = arguments[3];
    try (var first = producer(id)) {
      first.initTransactions();
      first.beginTransaction();
      for (String value : List.of("a", "b", "c")) send(first, value);
      first.commitTransaction();
      first.beginTransaction();
      for (String value : List.of("x", "y")) send(first, value);
      first.abortTransaction();
      System.out.println("committed after an abort: " + read("read_committed"));
      first.beginTransaction();
      send(first, "open");
      System.out.println("committed beside an open one: " + read("read_committed"));
      System.out.println("all: " + read("read_uncommitted"));
      try (var second = producer(id)) {
        second.initTransactions();
        System.out.println("the fenced one may go on: " + nameOf(() -> {
          send(first, "zombie");
          first.commitTransaction();
        }));
        second.beginTransaction();
        send(second, "d");
        offsets(second, group);
        second.commitTransaction();
        System.out.println("committed by the second: " + read("read_committed"));
        System.out.println("positions of the group: " + committed(group));
        second.beginTransaction();
        send(second, "e");
        second.sendOffsetsToTransaction(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(99)), gone(group));
      } catch (Exception refused) {
        System.out.println("positions of a member that has left: " + refused.getClass().getSimpleName());
      }
    }
    System.out.println("committed at the end: " + read("read_committed"));
    System.out.println("positions at the end: " + committed(group));
  }

  static KafkaProducer<String, String> producer(String id) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("transactional.id", id);
    return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
  }

  static KafkaConsumer<String, String> consumer(String isolation, String group) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("isolation.level", isolation);
    properties.put("group.id", group);
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    return new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
  }

  static void send(KafkaProducer<String, String> producer, String value) throws Exception {
    try {
      producer.send(new ProducerRecord<>(topic, 0, "k", value)).get();
    } catch (java.util.concurrent.ExecutionException wrapped) {
      throw (Exception) wrapped.getCause();
    }
  }

  /** Reads what may be read now. */
  static List<String> read(String isolation) {
    var partition = new TopicPartition(topic, 0);
    List<String> values = new ArrayList<>();
    try (var consumer = consumer(isolation, "unused")) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end)
        for (var record : consumer.poll(Duration.ofMillis(100))) values.add(record.value());
    }
    return values;
  }

  /** Commits, within the transaction, how far a member of the group has read. */
  static void offsets(KafkaProducer<String, String> producer, String group) {
    try (var member = consumer("read_committed", group)) {
      member.subscribe(List.of(topic));
      var partition = new TopicPartition(topic, 0);
      while (member.assignment().isEmpty()) member.poll(Duration.ofMillis(100));
      // The own transaction is open: what may be read ends before it.
      long end = member.endOffsets(List.of(partition)).get(partition);
      while (member.position(partition) < end) member.poll(Duration.ofMillis(100));
      Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
      for (var one : member.assignment()) positions.put(one, new OffsetAndMetadata(member.position(one), "note"));
      producer.sendOffsetsToTransaction(positions, member.groupMetadata());
    }
  }

  /** The metadata of a member that has left while another is there. */
  static org.apache.kafka.clients.consumer.ConsumerGroupMetadata gone(String group) {
    try (var member = consumer("read_committed", group)) {
      member.subscribe(List.of(topic));
      while (member.assignment().isEmpty()) member.poll(Duration.ofMillis(100));
      return member.groupMetadata();
    }
  }

  static String committed(String group) {
    var partition = new TopicPartition(topic, 0);
    try (var consumer = consumer("read_committed", group)) {
      var found = consumer.committed(Set.of(partition)).get(partition);
      return found.offset() + " " + found.metadata();
    }
  }

  interface Step {
    void run() throws Exception;
  }

  static String nameOf(Step step) {
    try {
      step.run();
      return "yes";
    } catch (Exception refused) {
      return refused.getClass().getSimpleName();
    }
  }
}
