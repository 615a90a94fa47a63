import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Prints the values of a topic as lines of JSON: each is read by the schema that a registry has under the id before it. */
public class ReadFramed {
  public static void main(String[] arguments) throws Exception {
    String bootstrap = arguments[0], registry = arguments[1], topic = arguments[2];
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("key.deserializer", ByteArrayDeserializer.class.getName());
    properties.put("value.deserializer", ByteArrayDeserializer.class.getName());
    Map<Integer, GenericDatumReader<Object>> readers = new HashMap<>();
    StringBuilder lines = new StringBuilder();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties)) {
      var partitions = consumer.partitionsFor(topic).stream()
          .map(one -> new TopicPartition(topic, one.partition())).collect(Collectors.toList());
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        for (var record : consumer.poll(Duration.ofMillis(500))) {
          ByteBuffer bytes = ByteBuffer.wrap(record.value());
          if (bytes.get() != 0) throw new IllegalStateException("no schema id at offset " + record.offset());
          int id = bytes.getInt();
          GenericDatumReader<Object> reader = readers.get(id);
          if (reader == null) readers.put(id, reader = new GenericDatumReader<>(schema(registry, id)));
          var decoder = DecoderFactory.get().binaryDecoder(record.value(), 5, record.value().length - 5, null);
          lines.append(reader.read(null, decoder)).append('\n');
          if (!decoder.isEnd()) throw new IllegalStateException("bytes are left at offset " + record.offset());
        }
      }
    }
    System.out.print(lines);
  }

  static Schema schema(String registry, int id) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id)).build();
    var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) throw new IllegalStateException("no schema " + id + ": " + answer.body());
    return new Schema.Parser().parse(new ObjectMapper().readTree(answer.body()).get("schema").asText());
  }
}
