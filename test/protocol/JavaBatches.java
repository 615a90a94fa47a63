import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/** Prints one line for each record batch that the Java client writes: a name, the batch in base64, and what the Java client reads of it as JSON. */
public class JavaBatches {
  static final Random random = new Random(20261127);
  static final long now = 1795000000000L;

  public static void main(String[] args) {
    for (int count : new int[] {1, 2, 70}) {
      batch("plain-" + count, count, Compression.NONE, TimestampType.CREATE_TIME, 0, -1, (short) -1, -1, false, -1, 1);
      batch("idempotent-" + count, count, Compression.NONE, TimestampType.CREATE_TIME, 0, 4000L, (short) 3, 2147483640, false, -1, 1);
      batch("transactional-" + count, count, Compression.NONE, TimestampType.CREATE_TIME, 1L << 40, 1L << 45, (short) 0, 0, true, 7, 1);
      batch("gzip-" + count, count, Compression.gzip().build(), TimestampType.CREATE_TIME, 9, -1, (short) -1, -1, false, 2, 1);
      batch("appended-" + count, count, Compression.NONE, TimestampType.LOG_APPEND_TIME, 9, -1, (short) -1, -1, false, 2, 1);
      batch("compacted-" + count, count, Compression.NONE, TimestampType.CREATE_TIME, 9, -1, (short) -1, -1, false, 2, 3);
    }
    for (ControlRecordType kind : new ControlRecordType[] {ControlRecordType.COMMIT, ControlRecordType.ABORT})
      print("marker-" + kind.name().toLowerCase(), MemoryRecords.withEndTransactionMarker(55L, now, 4, 4000L, (short) 3, new EndTransactionMarker(kind, 12)));
  }

  static void batch(String name, int count, Compression compression, TimestampType type, long base, long producer, short epoch, int sequence, boolean transactional, int leaderEpoch, int step) {
    MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1 << 16), RecordBatch.MAGIC_VALUE_V2, compression, type, base, now + 999, producer, epoch, sequence, transactional, leaderEpoch);
    for (int i = 0; i < count; i++) {
      Header[] headers = new Header[random.nextInt(5) == 0 ? 2 : 0];
      for (int h = 0; h < headers.length; h++) headers[h] = new RecordHeader("h\u00e9" + h, random.nextBoolean() ? null : bytes(5));
      builder.appendWithOffset(base + (long) i * step, now + random.nextInt(100000) - 50000, random.nextInt(4) == 0 ? null : bytes(20), random.nextInt(6) == 0 ? null : bytes(90), headers);
    }
    print(name, builder.build());
  }

  static byte[] bytes(int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  static void print(String name, MemoryRecords records) {
    ByteBuffer buffer = records.buffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    StringBuilder json = new StringBuilder();
    for (RecordBatch batch : records.batches()) {
      json.append("{\"baseOffset\":" + batch.baseOffset() + ",\"lastOffset\":" + batch.lastOffset() + ",\"partitionLeaderEpoch\":" + batch.partitionLeaderEpoch()
          + ",\"crc\":" + batch.checksum() + ",\"maxTimestamp\":" + batch.maxTimestamp() + ",\"producerId\":" + batch.producerId() + ",\"producerEpoch\":" + batch.producerEpoch()
          + ",\"baseSequence\":" + batch.baseSequence() + ",\"isTransactional\":" + batch.isTransactional() + ",\"isControl\":" + batch.isControlBatch() + ",\"count\":" + batch.countOrNull() + ",\"compression\":\"" + batch.compressionType().name + "\"}\t[");
      String between = "";
      for (Record record : batch) {
        json.append(between + "{\"offset\":" + record.offset() + ",\"timestamp\":" + record.timestamp() + ",\"key\":" + text(record.key()) + ",\"value\":" + text(record.value()) + ",\"headers\":[");
        for (int h = 0; h < record.headers().length; h++)
          json.append((h == 0 ? "" : ",") + "{\"name\":\"" + record.headers()[h].key() + "\",\"value\":" + text(record.headers()[h].value() == null ? null : ByteBuffer.wrap(record.headers()[h].value())) + "}");
        json.append("]}");
        between = ",";
      }
      json.append("]");
    }
    System.out.println(name + "\t" + Base64.getEncoder().encodeToString(bytes) + "\t" + json);
  }

  static String text(ByteBuffer value) {
    if (value == null) return "null";
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    return "\"" + Base64.getEncoder().encodeToString(bytes) + "\"";
  }
}
