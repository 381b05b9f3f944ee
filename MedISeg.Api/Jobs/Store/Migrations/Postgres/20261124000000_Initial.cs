using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace MedISeg.Api.Jobs.Store.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    Name = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    Sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_keys", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "jobs",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Id = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Owner = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    State = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Priority = table.Column<int>(type: "integer", nullable: false),
                    Phase = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    Percent = table.Column<double>(type: "double precision", nullable: false),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    Token = table.Column<long>(type: "bigint", nullable: false),
                    LeasedUntil = table.Column<long>(type: "bigint", nullable: true),
                    ModelName = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    ModelVersion = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    ModelSha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    Options = table.Column<string>(type: "text", nullable: true),
                    InputKind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    InputFiles = table.Column<int>(type: "integer", nullable: false),
                    Report = table.Column<string>(type: "text", nullable: true),
                    Failure = table.Column<string>(type: "text", nullable: true),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    StartedAt = table.Column<long>(type: "bigint", nullable: true),
                    FinishedAt = table.Column<long>(type: "bigint", nullable: true),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: true),
                    DeliverTo = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: true),
                    Delivery = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    DeliveryAttempts = table.Column<int>(type: "integer", nullable: false),
                    DeliverAt = table.Column<long>(type: "bigint", nullable: true),
                    DeliveredAt = table.Column<long>(type: "bigint", nullable: true),
                    DeliveryFailure = table.Column<string>(type: "text", nullable: true),
                    Deleted = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_jobs", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "routed",
                columns: table => new
                {
                    Key = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    RoutedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_routed", x => x.Key);
                });

            migrationBuilder.CreateIndex(
                name: "IX_jobs_Delivery_DeliverAt",
                table: "jobs",
                columns: new[] { "Delivery", "DeliverAt" });

            migrationBuilder.CreateIndex(
                name: "IX_jobs_ExpiresAt",
                table: "jobs",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_Id",
                table: "jobs",
                column: "Id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_jobs_Owner_Sequence",
                table: "jobs",
                columns: new[] { "Owner", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_jobs_State_Priority_Sequence",
                table: "jobs",
                columns: new[] { "State", "Priority", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_routed_RoutedAt",
                table: "routed",
                column: "RoutedAt");

            // Says changes to whoever listens, when they are committed: ID STATE.
            migrationBuilder.Sql("""
                CREATE FUNCTION mediseg_job_changed() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_notify('mediseg_jobs', NEW."Id" || ' ' || NEW."State");
                    RETURN NULL;
                END $$;
                CREATE TRIGGER mediseg_job_added AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION mediseg_job_changed();
                CREATE TRIGGER mediseg_job_changed AFTER UPDATE ON jobs FOR EACH ROW
                    WHEN ((OLD."State", OLD."Phase", OLD."Percent", OLD."Token") IS DISTINCT FROM (NEW."State", NEW."Phase", NEW."Percent", NEW."Token"))
                    EXECUTE FUNCTION mediseg_job_changed();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "jobs");

            migrationBuilder.DropTable(
                name: "routed");

            migrationBuilder.Sql("DROP FUNCTION mediseg_job_changed();");
        }
    }
}
