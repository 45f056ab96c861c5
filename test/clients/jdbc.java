// Asks the server through pgjdbc what client.pm wants to know: see there. With arguments, the OIDs
// of types, it sends and receives values of those in binary.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PGobject;

class Clients {
	// A value of one of the extension's types, as the bytes of its send function.
	public static class Summary extends PGobject implements PGBinaryObject {
		private byte[] bytes;

		@Override
		public void setByteValue(byte[] value, int offset) {
			bytes = Arrays.copyOfRange(value, offset, value.length);
		}

		@Override
		public int lengthInBytes() {
			return bytes.length;
		}

		@Override
		public void toBytes(byte[] target, int offset) {
			System.arraycopy(bytes, 0, target, offset, bytes.length);
		}

		@Override
		public String toString() {
			return bytes == null ? super.toString() : "binary:" + hexadecimal(bytes);
		}
	}

	static String hexadecimal(byte[] bytes) {
		StringBuilder digits = new StringBuilder();
		for (byte b : bytes) digits.append(String.format("%02x", b));
		return digits.toString();
	}

	static byte[] bytes(String hexadecimal) {
		byte[] bytes = new byte[hexadecimal.length() / 2];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) Integer.parseInt(hexadecimal.substring(2 * i, 2 * i + 2), 16);
		}
		return bytes;
	}

	static String escaped(Object value) {
		if (value == null) return "\\N";
		return value.toString().replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
	}

	static String unescaped(String text) {
		StringBuilder meant = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '\\') {
				c = text.charAt(++i);
				c = c == 't' ? '\t' : c == 'n' ? '\n' : c;
			}
			meant.append(c);
		}
		return meant.toString();
	}

	static final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
	static Connection connection;
	static final Map<String, PreparedStatement> prepared = new HashMap<>();

	// PostgreSQL's $1, $2 ... are question marks in JDBC; ours come in their order.
	static PreparedStatement prepare(String sql) throws SQLException {
		PreparedStatement statement = prepared.get(sql);
		if (statement == null) {
			statement = connection.prepareStatement(sql.replaceAll("\\$\\d", "?"));
			prepared.put(sql, statement);
		}
		return statement;
	}

	static Object parameter(String type, String value) throws SQLException {
		switch (type) {
		case "integer": return Integer.valueOf(value);
		case "bigint": return Long.valueOf(value);
		case "double": return Double.valueOf(value);
		case "numeric": return new BigDecimal(value);
		case "text": return value;
		case "text[]": return connection.createArrayOf("text", value.split(","));
		case "timestamptz": return OffsetDateTime.parse(value.replace(' ', 'T') + ":00");
		case "interval": return new PGInterval(value);
		case "native":
			try (ResultSet read = prepare(value).executeQuery()) {
				read.next();
				return read.getObject(1);
			}
		case "binary":
			Summary summary = new Summary();
			summary.setType(value.split(" ")[0]);
			summary.setByteValue(bytes(value.split(" ")[1]), 0);
			return summary;
		default: throw new IllegalArgumentException(type);
		}
	}

	static void answer(String[] fields) throws SQLException {
		PreparedStatement statement = prepare(unescaped(fields[0]));
		for (int i = 1; i < fields.length; i += 2) {
			statement.setObject(i / 2 + 1, parameter(fields[i], unescaped(fields[i + 1])));
		}
		if (!statement.execute()) return;
		try (ResultSet result = statement.getResultSet()) {
			ResultSetMetaData columns = result.getMetaData();
			StringBuilder types = new StringBuilder("types");
			for (int i = 1; i <= columns.getColumnCount(); i++) {
				types.append('\t').append(columns.getColumnTypeName(i));
			}
			out.println(types);
			while (result.next()) {
				StringBuilder row = new StringBuilder("row");
				for (int i = 1; i <= columns.getColumnCount(); i++) {
					row.append('\t').append(escaped(result.getObject(i)));
				}
				out.println(row);
			}
		}
	}

	public static void main(String[] binaryTypes) throws Exception {
		Map<String, String> env = System.getenv();
		Properties properties = new Properties();
		properties.setProperty("user", env.get("PGUSER"));
		properties.setProperty("password", env.get("PGPASSWORD"));
		properties.setProperty("prepareThreshold", "3");
		if (binaryTypes.length > 0) {
			properties.setProperty("binaryTransferEnable", String.join(",", binaryTypes));
			properties.setProperty("prepareThreshold", "-1");
		}
		connection = DriverManager.getConnection(String.format("jdbc:postgresql://%s:%s/%s",
			env.get("PGHOST"), env.get("PGPORT"), env.get("PGDATABASE")), properties);
		for (String oid : binaryTypes) {
			PreparedStatement name = prepare("SELECT $1::oid::regtype::text");
			name.setLong(1, Long.parseLong(oid));
			ResultSet result = name.executeQuery();
			result.next();
			connection.unwrap(PGConnection.class)
				.addDataType(result.getString(1), Summary.class);
		}

		BufferedReader in = new BufferedReader(new InputStreamReader(System.in,
			StandardCharsets.UTF_8));
		for (String line; (line = in.readLine()) != null; ) {
			try {
				answer(line.split("\t", -1));
			} catch (SQLException e) {
				out.println("error\t" + e.getSQLState() + "\t" + escaped(e.getMessage()));
			}
			out.println("done");
		}
	}
}
