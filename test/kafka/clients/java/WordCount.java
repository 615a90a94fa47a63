import java.util.Arrays;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;

/** Counts words: by a repartition topic, in a store with a changelog. Ends by a signal; says "RUNNING" when it begins to work. */
public class WordCount {
  public static void main(String[] arguments) throws Exception {
    String bootstrap = arguments[0], application = arguments[1], guarantee = arguments[2];
    String input = arguments[3], output = arguments[4], folder = arguments[5];
    Properties properties = new Properties();
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, arguments[6]);
    properties.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    properties.put(StreamsConfig.consumerPrefix("session.timeout.ms"), "6000");
    properties.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), "500");

    var builder = new StreamsBuilder();
    builder
        .stream(input, Consumed.with(Serdes.String(), Serdes.String()))
        .flatMap((key, line) -> Arrays.stream(line.split(" ")).map(word -> KeyValue.pair(word, 1L)).toList())
        .groupByKey(Grouped.<String, Long>as("words").withKeySerde(Serdes.String()).withValueSerde(Serdes.Long()))
        .count(Materialized.as("counts"))
        .toStream()
        .mapValues(String::valueOf)
        .to(output, Produced.with(Serdes.String(), Serdes.String()));

    var streams = new KafkaStreams(builder.build(), properties);
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      System.out.println("FAILED");
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    streams.setStateListener((now, before) -> System.out.println(now));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      var leaves = CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
      System.out.println("CLOSED " + streams.close(leaves));
    }));
    streams.start();
  }
}
