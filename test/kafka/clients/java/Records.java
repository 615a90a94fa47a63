import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes records that lines of JSON hold, with a compression, or prints those of a partition as such lines. */
public class Records {
  static final ObjectMapper json = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    String bootstrap = arguments[1], topic = arguments[2];
    int partition = Integer.parseInt(arguments[3]);
    if (arguments[0].equals("write")) write(bootstrap, topic, partition, arguments[4]);
    else read(bootstrap, new TopicPartition(topic, partition));
  }

  static void write(String bootstrap, String topic, int partition, String compression) throws Exception {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("compression.type", compression);
    properties.put("linger.ms", 1000);
    var lines = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).split("\n");
    try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      List<java.util.concurrent.Future<?>> written = new ArrayList<>();
      for (String line : lines) {
        var one = json.readTree(line);
        String key = one.get("key").textValue(), value = one.get("value").textValue();
        var record = new ProducerRecord<>(topic, partition, one.get("timestamp").asLong(), key, value);
        for (var header : one.get("headers")) {
          String held = header.get(1).textValue();
          byte[] bytes = held == null ? null : held.getBytes(StandardCharsets.UTF_8);
          record.headers().add(new RecordHeader(header.get(0).asText(), bytes));
        }
        written.add(producer.send(record));
      }
      producer.flush();
      for (var one : written) one.get();
    }
  }

  static void read(String bootstrap, TopicPartition partition) throws Exception {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrap);
    try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end)
        for (var record : consumer.poll(Duration.ofMillis(500))) {
          ObjectNode one = json.createObjectNode();
          one.put("key", record.key()).put("value", record.value()).put("timestamp", record.timestamp());
          var headers = one.putArray("headers");
          for (var header : record.headers()) {
            byte[] bytes = header.value();
            headers.addArray().add(header.key()).add(bytes == null ? null : new String(bytes, StandardCharsets.UTF_8));
          }
          System.out.println(json.writeValueAsString(one));
        }
    }
  }
}
