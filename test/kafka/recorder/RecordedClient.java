import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Does with a cluster what applications do: administers, produces, reads as groups of both kinds, and in transactions. */
public class RecordedClient {
  static String bootstrap;

  public static void main(String[] args) throws Exception {
    bootstrap = args[0];
    try (Admin admin = Admin.create(properties("recorded-admin"))) {
      admin.createTopics(List.of(new NewTopic("recorded", 2, (short) 1), new NewTopic("out", 1, (short) 1))).all().get();
      produce("plain", Map.of(), null);
      produce("zipped", Map.of("compression.type", "gzip", "linger.ms", "20"), null);
      produce("committed", Map.of("transactional.id", "recorded-t"), true);
      produce("aborted", Map.of("transactional.id", "recorded-t"), false);
      int classic = consume("classic", Map.of("group.protocol", "classic"));
      int modern = consume("modern", Map.of("group.protocol", "consumer"));
      copy();
      administer(admin);
      System.out.println("read " + classic + " and " + modern);
    }
  }

  static Properties properties(String client) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("client.id", client);
    return properties;
  }

  /** Sends ten records; in a transaction where `commits` is not null. */
  static void produce(String name, Map<String, String> more, Boolean commits) {
    Properties properties = properties("recorded-" + name);
    properties.putAll(more);
    try (var producer = new KafkaProducer<String, String>(properties, new StringSerializer(), new StringSerializer())) {
      if (commits != null) producer.initTransactions();
      if (commits != null) producer.beginTransaction();
      for (int i = 0; i < 10; i++) {
        var one = new ProducerRecord<>("recorded", i % 2, 1000L + i, "k" + i, name + i);
        one.headers().add("h", new byte[] {(byte) i}).add("null", null);
        producer.send(one);
      }
      producer.flush();
      if (commits != null && commits) producer.commitTransaction();
      if (commits != null && !commits) producer.abortTransaction();
    }
  }

  static Properties consumer(String group, Map<String, String> more) {
    Properties properties = properties("recorded-" + group);
    properties.put("group.id", group);
    properties.put("auto.offset.reset", "earliest");
    properties.put("enable.auto.commit", "false");
    properties.put("isolation.level", "read_committed");
    properties.putAll(more);
    return properties;
  }

  /** Reads what is committed, long enough to beat. */
  static int consume(String group, Map<String, String> more) {
    int count = 0;
    var deserializer = new StringDeserializer();
    try (var consumer = new KafkaConsumer<>(consumer(group, more), deserializer, deserializer)) {
      consumer.subscribe(List.of("recorded"));
      long until = System.currentTimeMillis() + 60_000;
      while (count < 30 && System.currentTimeMillis() < until) count += consumer.poll(Duration.ofMillis(200)).count();
      for (long beats = System.currentTimeMillis() + 4000; System.currentTimeMillis() < beats;) consumer.poll(Duration.ofMillis(200));
      consumer.commitSync();
      consumer.committed(consumer.assignment());
      consumer.endOffsets(consumer.assignment());
    }
    return count;
  }

  /** Copies records in one transaction with their positions. */
  static void copy() {
    Properties properties = properties("recorded-copy");
    properties.put("transactional.id", "recorded-copy");
    var text = new StringDeserializer();
    try (var consumer = new KafkaConsumer<>(consumer("copying", Map.of()), text, text);
        var producer = new KafkaProducer<String, String>(properties, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      consumer.subscribe(List.of("recorded"));
      List<ConsumerRecord<String, String>> read = new ArrayList<>();
      while (read.size() < 30) consumer.poll(Duration.ofMillis(200)).forEach(read::add);
      producer.beginTransaction();
      Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
      for (var one : read) {
        producer.send(new ProducerRecord<>("out", one.key(), one.value()));
        var next = new OffsetAndMetadata(one.offset() + 1, one.leaderEpoch(), "copied");
        positions.put(new TopicPartition(one.topic(), one.partition()), next);
      }
      producer.sendOffsetsToTransaction(positions, consumer.groupMetadata());
      producer.commitTransaction();
    }
  }

  static void administer(Admin admin) throws Exception {
    var topic = new ConfigResource(ConfigResource.Type.TOPIC, "recorded");
    var partition = new TopicPartition("recorded", 0);
    admin.describeCluster().nodes().get();
    admin.listTopics().names().get();
    admin.describeTopics(List.of("recorded")).allTopicNames().get();
    admin.describeConfigs(List.of(topic)).all().get();
    var change = new AlterConfigOp(new ConfigEntry("retention.ms", "86400000"), AlterConfigOp.OpType.SET);
    Map<ConfigResource, Collection<AlterConfigOp>> changes = Map.of(topic, List.of(change));
    admin.incrementalAlterConfigs(changes).all().get();
    admin.createPartitions(Map.of("out", NewPartitions.increaseTo(2))).all().get();
    admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all().get();
    admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(2))).all().get();
    admin.listGroups().all().get();
    admin.describeConsumerGroups(List.of("classic", "modern")).all().get();
    admin.listConsumerGroupOffsets("classic").partitionsToOffsetAndMetadata().get();
    admin.alterConsumerGroupOffsets("classic", Map.of(partition, new OffsetAndMetadata(3, Optional.of(0), "moved"))).all().get();
    admin.describeProducers(List.of(partition)).all().get();
    admin.listTransactions().all().get();
    admin.deleteConsumerGroups(List.of("classic")).all().get();
    admin.deleteTopics(List.of("out")).all().get();
  }
}
