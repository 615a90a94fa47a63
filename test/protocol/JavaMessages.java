import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.RequestUtils;

/**
 * Prints one line for each message of a random filling: key, side, version, the frame that the Java client writes of it
 * (without its length), and the message as the Java client's JSON. Tabs between them; the seed is fixed.
 */
public class JavaMessages {
  static final Random random = new Random(20261127);

  public static void main(String[] args) throws Exception {
    for (ApiMessageType api : ApiMessageType.values()) {
      if (!api.listeners().contains(ApiMessageType.ListenerType.BROKER)) continue;
      for (short version = api.lowestSupportedVersion(); version <= api.highestSupportedVersion(false); version++)
        for (boolean rich : new boolean[] {true, false}) {
          print(api, version, "request", rich);
          print(api, version, "response", rich);
        }
    }
  }

  static void print(ApiMessageType api, short version, String side, boolean rich) throws Exception {
    boolean request = side.equals("request");
    ApiMessage body = request ? api.newRequest() : api.newResponse();
    Schema[] schemas = request ? api.requestSchemas() : api.responseSchemas();
    fill(body, schemas[version], rich);
    ApiMessage header = request
        ? new RequestHeaderData().setRequestApiKey(api.apiKey()).setRequestApiVersion(version).setCorrelationId(77).setClientId(rich ? "client" : null)
        : new ResponseHeaderData().setCorrelationId(77);
    short headerVersion = request ? api.requestHeaderVersion(version) : api.responseHeaderVersion(version);
    ByteBuffer frame = RequestUtils.serialize(header, headerVersion, body, version);
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    JsonNode json = (JsonNode) Class.forName(body.getClass().getName() + "JsonConverter")
        .getMethod("write", body.getClass(), short.class).invoke(null, body, version);
    System.out.println(api.apiKey() + "\t" + side + "\t" + version + "\t" + Base64.getEncoder().encodeToString(bytes) + "\t" + json);
  }

  static void fill(Object message, Schema schema, boolean rich) throws Exception {
    for (BoundField field : schema.fields()) {
      if (field.def.type instanceof TaggedFields tagged) {
        if (rich) for (var entry : tagged.fields().values()) set(message, entry.name, entry.type, true);
      } else set(message, field.def.name, field.def.type, rich);
    }
  }

  static void set(Object message, String name, Type type, boolean rich) throws Exception {
    Field field = fieldOf(message.getClass(), name.replace("_", ""));
    field.setAccessible(true);
    field.set(message, value(field, field.getGenericType(), type, rich));
  }

  static Field fieldOf(Class<?> type, String name) {
    for (Field field : type.getDeclaredFields())
      if (!Modifier.isStatic(field.getModifiers()) && field.getName().equalsIgnoreCase(name)) return field;
    throw new IllegalStateException(type + " has no " + name);
  }

  static Object value(Field field, java.lang.reflect.Type javaType, Type type, boolean rich) throws Exception {
    if (type.isNullable() && !rich) return null;
    if (type.isArray()) return items(field, javaType, type, rich);
    if (type instanceof Schema schema) {
      Object struct = ((Class<?>) javaType).getDeclaredConstructor().newInstance();
      fill(struct, schema, rich);
      return struct;
    }
    return primitive((Class<?>) javaType, type.toString());
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  static Object items(Field field, java.lang.reflect.Type javaType, Type type, boolean rich) throws Exception {
    Class<?> raw = javaType instanceof ParameterizedType p ? (Class<?>) p.getRawType() : (Class<?>) javaType;
    Collection items = raw.isInterface() ? new ArrayList<>() : (Collection) raw.getDeclaredConstructor().newInstance();
    java.lang.reflect.Type parameters = raw.isInterface() ? javaType : raw.getGenericSuperclass();
    java.lang.reflect.Type item = ((ParameterizedType) parameters).getActualTypeArguments()[0];
    int count = rich ? 1 + random.nextInt(2) : 1;
    for (int i = 0; i < count; i++) items.add(value(field, item, type.arrayElementType().get(), rich));
    return items;
  }

  static Object primitive(Class<?> javaType, String type) {
    if (type.endsWith("BOOLEAN")) return random.nextBoolean();
    if (type.endsWith("UINT16")) return random.nextInt(65536);
    if (type.endsWith("INT8")) return (byte) random.nextInt(256);
    if (type.endsWith("INT16")) return (short) random.nextInt(65536);
    if (type.endsWith("INT32")) return random.nextInt();
    if (type.endsWith("UINT32") || type.endsWith("INT64")) return random.nextLong() >> 11;
    if (type.endsWith("FLOAT64")) return random.nextDouble();
    if (type.endsWith("UUID")) return new Uuid(random.nextLong(), random.nextLong());
    if (type.endsWith("STRING")) return "s\u00e9\ud83d\ude00".substring(0, 1 + random.nextInt(2)) + random.nextInt(1000);
    byte[] bytes = new byte[random.nextInt(12)];
    random.nextBytes(bytes);
    if (type.endsWith("RECORDS")) return MemoryRecords.readableRecords(ByteBuffer.wrap(bytes));
    return javaType == ByteBuffer.class ? ByteBuffer.wrap(bytes) : bytes;
  }
}
