import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;

/** Prints what JDBC sees, a line each: `driver`, `row`, `type`, `comment` or `refused`, then cells after tabs. */
public class Read {
    public static void main(String[] arguments) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", arguments[1]);
        login.setProperty("password", System.getenv("PGPASSWORD"));
        login.setProperty("readOnly", "true");
        try (Connection connection = DriverManager.getConnection(arguments[0], login)) {
            System.out.println("driver\t" + connection.getMetaData().getDriverName() + " " + connection.getMetaData().getDriverVersion());
            rows(connection, arguments[2]);
            comments(connection);
            write(connection);
        }
    }

    private static void rows(Connection connection, String sql) throws SQLException {
        try (ResultSet rows = connection.createStatement().executeQuery(sql)) {
            int columns = rows.getMetaData().getColumnCount();
            StringBuilder types = new StringBuilder("type");
            for (int column = 1; column <= columns; column++) {
                types.append('\t').append(rows.getMetaData().getColumnClassName(column));
            }
            System.out.println(types);
            while (rows.next()) {
                StringBuilder row = new StringBuilder("row");
                for (int column = 1; column <= columns; column++) {
                    row.append('\t').append(rows.getObject(column));
                }
                System.out.println(row);
            }
        }
    }

    private static void comments(Connection connection) throws SQLException {
        try (ResultSet found = connection.getMetaData().getColumns(null, "mart", "coverage", "coverage_ratio")) {
            while (found.next()) {
                System.out.println("comment\t" + found.getString("REMARKS"));
            }
        }
    }

    private static void write(Connection connection) {
        try {
            connection.setReadOnly(false);
            connection.createStatement().executeUpdate("DELETE FROM mart.coverage");
        } catch (SQLException refused) {
            System.out.println("refused\t" + refused.getSQLState());
        }
    }
}
