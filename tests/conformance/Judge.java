import java.io.FileInputStream;
import java.io.IOException;
import java.util.List;
import org.verapdf.core.VeraPDFException;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Says what veraPDF finds: {@code Judge 2u,ua1 FILE...} writes, for each file and standard, how many things were looked
 * at, and then each kind of failure once; columns between tabs. One start for all files, as many at once as there are
 * processors.
 */
final class Judge {
  public static void main(String[] arguments) {
    VeraGreenfieldFoundryProvider.initialise();
    List<String> files = List.of(arguments).subList(1, arguments.length);
    files.parallelStream().forEach(file -> judge(file, arguments[0].split(",")));
  }

  private static void judge(String file, String[] standards) {
    for (String standard : standards) {
      try {
        judge(file, standard);
      } catch (IOException | VeraPDFException problem) {
        say(file, standard, "failed", problem.toString());
      }
    }
  }

  private static void judge(String file, String standard) throws IOException, VeraPDFException {
    PDFAFlavour flavour = PDFAFlavour.byFlavourId(standard);
    try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(file), flavour);
        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
      ValidationResult result = validator.validate(parser);
      say(file, standard, "checked", String.valueOf(result.getTotalAssertions()));
      result.getTestAssertions().stream()
          .filter(one -> one.getStatus() == TestAssertion.Status.FAILED)
          .map(one -> one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber() + " " + one.getMessage())
          .distinct()
          .forEach(problem -> say(file, standard, "failed", problem));
    }
  }

  private static synchronized void say(String... columns) {
    System.out.println(String.join("\t", columns).replace('\n', ' '));
  }
}
