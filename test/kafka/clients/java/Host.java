import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.utils.Exit;

/** Runs main classes one after the other in one process, as lines of JSON ask for, since a process a command costs seconds. */
public class Host {
  static volatile CompletableFuture<Integer> ended;

  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    PrintStream answers = System.out;
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Exit.setExitProcedure((status, message) -> {
      ended.complete(status);
      // As in a process that exits, nothing runs after this.
      while (true) LockSupport.park();
    });
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      var request = json.readTree(line);
      List<String> own = new ArrayList<>();
      request.get("args").forEach(one -> own.add(one.asText()));
      var output = new ByteArrayOutputStream();
      PrintStream printed = new PrintStream(output, true, StandardCharsets.UTF_8);
      System.setOut(printed);
      System.setErr(printed);
      System.setIn(new ByteArrayInputStream(request.get("input").asText().getBytes(StandardCharsets.UTF_8)));
      int status = run(request.get("main").asText(), own.toArray(new String[0]), printed);
      printed.flush();
      var answer = Map.of("status", status, "output", output.toString(StandardCharsets.UTF_8));
      answers.println(json.writeValueAsString(answer));
      answers.flush();
    }
    Runtime.getRuntime().halt(0);
  }

  static int run(String main, String[] own, PrintStream printed) throws Exception {
    var end = ended = new CompletableFuture<>();
    Thread thread = new Thread(() -> {
      try {
        Class.forName(main).getMethod("main", String[].class).invoke(null, (Object) own);
        end.complete(0);
      } catch (Throwable thrown) {
        (thrown instanceof InvocationTargetException ? thrown.getCause() : thrown).printStackTrace(printed);
        end.complete(1);
      }
    });
    thread.setDaemon(true);
    thread.start();
    return end.get();
  }
}
